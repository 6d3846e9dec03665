import type { AccessLevel } from "@taiga-mcp/service";

/** What an access level is called, and what it lets an app do, for the person who grants it. */
export const ACCESS_TEXTS: Readonly<Record<AccessLevel, { title: string; allows: string }>> = {
  read: {
    title: "Read only",
    allows: "See your projects, sprints, stories, tasks, issues, wiki pages and comments.",
  },
  write: {
    title: "Read and write",
    allows: "Also create and change them, comment and attach files. Deletes nothing.",
  },
  delete: {
    title: "Read, write and delete",
    allows: "Also delete items, comments and files for good.",
  },
  admin: {
    title: "Everything, with administration",
    allows: "Also manage projects, members, roles, settings and webhooks.",
  },
};
