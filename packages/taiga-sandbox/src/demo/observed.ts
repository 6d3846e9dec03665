import type { ProjectSeed, Seed } from "./seed.ts";
import { KANBAN, SCRUM } from "../projects/templates.ts";

const alphaOne: ProjectSeed = {
  name: "Alpha One",
  slug: "alice-alpha-one",
  description: "d2",
  owner: "alice",
  template: SCRUM,
  is_private: true,
  tags: ["t1"],
  columns: {
    is_epics_activated: true,
    is_kanban_activated: true,
    total_milestones: 3,
    total_story_points: 40,
    tags_colors: { red: "#ff0000" },
  },
  // It was created after the roles of both projects.
  roles: [
    { id: 13, name: "QA", computable: true, permissions: ["view_project", "view_us"], order: 10 },
  ],
  members: [
    ["bob", "Front"],
    ["stan", "Stakeholder"],
  ],
  swimlanes: [{ name: "L1" }, { name: "L2" }],
  customAttributes: [
    { kind: "userstory", name: "Est", description: "", type: "number", extra: null },
    { kind: "userstory", name: "Drop", description: "", type: "dropdown", extra: ["a", "b"] },
  ],
};

/**
 * The situation in which the behaviour of a real Taiga was recorded: the same users, ids and slugs
 * in a private scrum project and a public kanban one. Objects that the recording created through
 * unsupported endpoints (a role, swimlanes, custom fields) exist from the start.
 */
export const observed: Seed = {
  lastIds: { users: 4 },
  applications: [
    {
      id: "11111111-2222-4333-8444-555555555555",
      name: "Demo application",
      web: "http://app.example",
      description: "d",
      icon_url: "http://app.example/i.png",
      next_url: "http://client.example/cb",
    },
  ],
  users: [
    {
      username: "admin",
      full_name: "Administrator",
      color: "",
      email: "admin@admin.com",
      is_superuser: true,
    },
    { username: "alice", full_name: "Alice A", color: "#fffeb0" },
    { username: "bob", full_name: "Bob B", color: "#40ec8b" },
    { username: "carol", full_name: "Carol C", color: "#d55a4e" },
    { username: "stan", full_name: "Stan S", color: "#6a86d8" },
  ],
  projects: [
    alphaOne,
    {
      name: "Alpha One",
      slug: "alice-alpha-one-1",
      description: "desc",
      owner: "alice",
      template: KANBAN,
      is_private: false,
      tags: [],
    },
  ],
};
