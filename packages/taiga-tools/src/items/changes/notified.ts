import { type Me } from "@taiga-mcp/taiga-client";
import { toUsername } from "../../projects/people.ts";
import { type Project } from "../../projects/project-directory.ts";
import { type ResolvedChanges } from "./resolve-changes.ts";
import { assigneeIds } from "../item-words.ts";
import { type Item } from "../taiga-items.ts";

/**
 * Usernames of the people whom Taiga notifies of a change by default: owner, old and new assignees,
 * followers and mentioned people.
 */
export function toNotified(
  item: Item,
  changes: Pick<ResolvedChanges, "comment" | "assignees">,
  project: Project,
  me: Me,
): string[] {
  const { comment, assignees = [] } = changes;
  const ids = [
    ...(item.owner === null ? [] : [item.owner]),
    ...assigneeIds(item),
    ...assignees.map(({ id }) => id),
    ...item.watchers,
    ...mentionedIds(comment, project),
  ];
  return [...new Set(ids)].filter((id) => id !== me.id).map((id) => toUsername(project, id));
}

/** Usernames of the people whom a comment mentions, without its author. */
export const toMentioned = (comment: string, project: Project, me: Me): string[] =>
  mentionedIds(comment, project)
    .filter((id) => id !== me.id)
    .map((id) => toUsername(project, id));

function mentionedIds(comment: string | undefined, project: Project): number[] {
  const words = (comment ?? "").toLowerCase().split(/[^\w.@-]+/);
  return project.members
    .filter(({ username }) => words.includes(`@${username.toLowerCase()}`))
    .map(({ id }) => id);
}
