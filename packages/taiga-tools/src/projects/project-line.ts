import { type ProjectRow } from "@taiga-mcp/taiga-client";
import { toOneLine } from "../text/clean.ts";
import { type Project } from "./project-directory.ts";

/** A project as lists show it. */
export type ProjectLine = {
  slug: string;
  name: string;
  /** The user's role in the project. */
  me: "owner" | "admin" | "member" | "visitor";
  /** Why the project is read-only. */
  state?: "archived" | "blocked";
  public?: true;
};

export function toProjectLine(project: ProjectRow | Project): ProjectLine {
  const { archived_code, blocked_code } = project;
  return {
    slug: project.slug,
    name: toOneLine(project.name),
    me: project.i_am_owner
      ? "owner"
      : project.i_am_admin
        ? "admin"
        : project.i_am_member
          ? "member"
          : "visitor",
    ...(archived_code !== null
      ? { state: "archived" as const }
      : blocked_code !== null && { state: "blocked" as const }),
    ...(!project.is_private && { public: true as const }),
  };
}

/** `bikes | Bike sharing | owner` */
export const toProjectText = (line: ProjectLine): string =>
  [line.slug, line.name, line.me, line.public && "public", line.state]
    .filter((part) => typeof part === "string")
    .join(" | ");
