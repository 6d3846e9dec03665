import { notify } from "../history/notices.ts";
import type { Context } from "../model/context.ts";
import { allAssignees, type ItemRows } from "../model/kinds.ts";
import { findMentions } from "../model/markup.ts";
import type { Item, ItemKind, User, UserStory } from "../model/state.ts";

/** A write of an item. */
export interface Written<Kind extends ItemKind> {
  kind: Kind;
  item: ItemRows[Kind];
  /** The item before an edit; undefined for a new one. */
  old: ItemRows[Kind] | undefined;
  author: User;
  comment: string;
}

const assigneesOf = (kind: ItemKind, item: Item | undefined): number[] => {
  if (item === undefined) return [];
  if (kind === "userstory") return allAssignees(item as UserStory);
  return item.assigned_to === null ? [] : [item.assigned_to];
};

/**
 * Tells in Taiga's own pages who was assigned, mentioned or made a watcher, and watchers of a comment.
 *
 * @see taiga-back projects/notifications/signals.py
 */
export function tellPeople<Kind extends ItemKind>(context: Context, written: Written<Kind>): void {
  const { kind, item, old, author, comment } = written;
  const { id, ref, subject, project } = item;
  const about = { author: author.id, project, obj: { id, ref, subject, content_type: kind } };
  const others = (ids: readonly number[], known: readonly number[] = []): number[] =>
    ids.filter((user) => !known.includes(user));
  const { users } = context.state;
  const mentioned = findMentions(item.description, users).map((user) => user.id);
  const before = findMentions(old?.description ?? "", users).map((user) => user.id);
  notify(context, "assigned", others(assigneesOf(kind, item), assigneesOf(kind, old)), about);
  notify(context, "mentioned", others(mentioned, before), about);
  const inComment = findMentions(comment, users).map((user) => user.id);
  const told = [...mentioned, ...inComment];
  notify(
    context,
    "addedAsWatcher",
    others(item.watchers, [...(old?.watchers ?? []), ...told]),
    about,
  );
  if (comment === "") return;
  notify(context, "mentionedInComment", inComment, about);
  notify(context, "comment", others([item.owner, ...item.watchers], inComment), about);
}
