import { VIEW_PERMISSIONS } from "../model/access.ts";
import type { Seed } from "./seed.ts";
import { KANBAN, SCRUM } from "../projects/templates.ts";

/**
 * The situation in which most of a real Taiga's behaviour was recorded: people of every standing, and
 * ids and slugs as there. The password of each is the user name with `-password` behind it.
 */
export const capture: Seed = {
  lastIds: { users: 4 },
  users: [
    {
      username: "admin",
      full_name: "Administrator",
      color: "",
      email: "admin@admin.com",
      is_superuser: true,
    },
    { username: "alice", full_name: "Alice A", color: "#f2c65c" },
    { username: "bob", full_name: "Bob B", color: "#894ad8" },
    { username: "carol", full_name: "Carol C", color: "#ab1e77" },
    { username: "stan", full_name: "Stan S", color: "#e0019e" },
    { username: "rita", full_name: "Rita R", color: "#315f5c" },
    { username: "dora", full_name: "Dora D", color: "#2bd377" },
    { username: "ulf", full_name: "Ulf U", color: "#0f1e2d" },
    { username: "erik", full_name: "Erik E", color: "#675ede" },
  ],
  projects: [
    {
      name: "Capture Scrum",
      slug: "capture-scrum",
      description: "base project for captures",
      owner: "alice",
      template: SCRUM,
      is_private: true,
      tags: [],
      columns: { is_epics_activated: true, is_kanban_activated: true },
      roles: [{ name: "Reader", computable: false, permissions: [...VIEW_PERMISSIONS], order: 10 }],
      members: [
        ["bob", "Back"],
        ["stan", "Stakeholder"],
        ["rita", "Reader"],
        ["dora", "UX"],
      ],
      admins: ["dora"],
    },
    {
      name: "Capture Kanban",
      slug: "capture-kanban",
      description: "public kanban",
      owner: "alice",
      template: KANBAN,
      is_private: false,
      tags: [],
      members: [["bob", "Back"]],
    },
  ],
};
