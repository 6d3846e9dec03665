import { pedal } from "./pedal.ts";
import type { Seed } from "./seed.ts";
import { townSite } from "./town-site.ts";

/**
 * A small company that runs a bike-sharing service: a private scrum project with three sprints and
 * a public kanban board. Carol belongs to neither. Ids and texts are always the same; dates are
 * relative to the day of the seeding.
 */
export const demo: Seed = {
  lastIds: { users: 4 },
  applications: [
    {
      id: "0b6a6467-7a1c-4d6b-9c57-2f6d4a3e8c15",
      name: "Taiga MCP",
      web: "http://localhost:3001",
      description: "Connects AI clients to Taiga.",
      icon_url: "",
      next_url: "http://localhost:3001/taiga/callback",
    },
  ],
  users: [
    {
      username: "admin",
      full_name: "Administrator",
      color: "#a9aabc",
      is_superuser: true,
      joined: [-400, "08:00"],
    },
    {
      username: "alice",
      full_name: "Alice Moreau",
      color: "#e44057",
      bio: "Product owner of the rider app.",
      joined: [-390, "08:00"],
    },
    {
      username: "bob",
      full_name: "Bob Lindqvist",
      color: "#40a8e4",
      bio: "Writes the services, lately also the website.",
      joined: [-380, "08:00"],
    },
    {
      username: "carol",
      full_name: "Carol Nakamura",
      color: "#a8e440",
      joined: [-60, "08:00"],
    },
    {
      username: "stan",
      full_name: "Stan Okafor",
      color: "#e4ce40",
      bio: "City council, mobility department.",
      joined: [-300, "08:00"],
    },
  ],
  projects: [pedal, townSite],
};
