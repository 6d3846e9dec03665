import { toTimestamp } from "../model/context.ts";
import type { State } from "../model/state.ts";
import { addMember, addProject, addSwimlane, addUser, byName } from "./build-project.ts";
import { fillPedal } from "./demo-pedal.ts";
import { fillTownSite } from "./demo-town-site.ts";
import { createDraft } from "./draft.ts";
import { KANBAN, SCRUM } from "./templates.ts";

const DAY_MS = 86_400_000;

/**
 * A small company that runs a bike-sharing service: a private scrum project with three sprints and
 * a public kanban board. Carol belongs to neither. Ids and texts are always the same; dates are
 * relative to the day of the seeding.
 */
export function seedDemo(state: State, now: Date): void {
  const daysAgo = (days: number): string =>
    toTimestamp(new Date(Math.floor(now.getTime() / DAY_MS - days) * DAY_MS + DAY_MS / 3));
  state.lastIds["users"] = 4;
  state.applications.push({
    id: "0b6a6467-7a1c-4d6b-9c57-2f6d4a3e8c15",
    name: "Taiga MCP",
    web: "http://localhost:3001",
    description: "Connects AI clients to Taiga.",
    icon_url: "",
    next_url: "http://localhost:3001/taiga/callback",
  });
  addUser(state, {
    username: "admin",
    full_name: "Administrator",
    email: "admin@example.com",
    color: "#a9aabc",
    is_superuser: true,
    joined: daysAgo(400),
  });
  const alice = addUser(state, {
    username: "alice",
    full_name: "Alice Moreau",
    email: "alice@example.com",
    color: "#e44057",
    bio: "Product owner of the rider app.",
    joined: daysAgo(390),
  });
  const bob = addUser(state, {
    username: "bob",
    full_name: "Bob Lindqvist",
    email: "bob@example.com",
    color: "#40a8e4",
    bio: "Writes the services, lately also the website.",
    joined: daysAgo(380),
  });
  addUser(state, {
    username: "carol",
    full_name: "Carol Nakamura",
    email: "carol@example.com",
    color: "#a8e440",
    joined: daysAgo(60),
  });
  const stan = addUser(state, {
    username: "stan",
    full_name: "Stan Okafor",
    email: "stan@example.com",
    color: "#e4ce40",
    bio: "City council, mobility department.",
    joined: daysAgo(300),
  });

  const pedal = addProject(state, {
    name: "Pedal",
    slug: "pedal",
    description: "The rider app and the services behind our shared bikes.",
    owner: alice,
    template: SCRUM,
    isPrivate: true,
    created: daysAgo(120),
    tags: ["bikes", "mobile"],
  });
  Object.assign(pedal, {
    is_epics_activated: true,
    total_milestones: 9,
    total_story_points: 160,
    tags_colors: {
      payments: "#5178d3",
      stations: "#40e47c",
      "rider app": "#e47c40",
      accessibility: "#a8e440",
      security: "#d35450",
    },
  });
  addMember(state, pedal, bob, "Back", { created: daysAgo(119) });
  addMember(state, pedal, stan, "Stakeholder", { created: daysAgo(118) });
  fillPedal(createDraft(state, pedal, now));

  const site = addProject(state, {
    name: "Town Site",
    slug: "town-site",
    description: "The public website: where the bikes are, what they cost, how to get help.",
    owner: alice,
    template: KANBAN,
    isPrivate: false,
    created: daysAgo(80),
    tags: ["website"],
  });
  site.tags_colors = { copy: "#e4a240", map: "#40e4ce" };
  addMember(state, site, bob, "Front", { created: daysAgo(79) });
  addMember(state, site, stan, "Stakeholder", { created: daysAgo(78) });
  byName(state.storyStatuses, site, "In progress").wip_limit = 3;
  byName(state.storyStatuses, site, "Ready for test").wip_limit = 2;
  addSwimlane(state, site, "Website", { "In progress": 2 });
  addSwimlane(state, site, "Editorial", { "In progress": 1 });
  fillTownSite(createDraft(state, site, now));
}
