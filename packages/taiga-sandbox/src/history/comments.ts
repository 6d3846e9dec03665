import { findMembership, refusal, type Actor, mustBeUser } from "../model/access.ts";
import { toTimestamp, type Context } from "../model/context.ts";
import { ApiError } from "../model/errors.ts";
import { toText, type Body } from "../http/fields.ts";
import { announce } from "./history.ts";
import { mustFind } from "../model/rows.ts";
import type { Recorded } from "./snapshots.ts";
import type { HistoryEntry, State, User } from "../model/state.ts";

const refuse = (error: string): ApiError => new ApiError(400, { error });

const isAdmin = (state: State, user: User, { item }: Recorded): boolean =>
  user.is_superuser ||
  findMembership(state, user, mustFind(state.projects, item.project))?.is_admin === true;

/** @throws {ApiError} 401 or 403 unless the caller wrote the comment or administers the project. */
export function verifyAuthor(
  state: State,
  actor: Actor,
  subject: Recorded,
  entry: HistoryEntry,
): User {
  const user = mustBeUser(actor);
  if (entry.user !== user.id && !isAdmin(state, user, subject)) throw refusal(actor);
  return user;
}

/** @throws {ApiError} as Taiga answers, in its order: rights, missing text, deleted comment. */
export function editComment(
  context: Context,
  actor: Actor,
  { subject, entry }: { subject: Recorded; entry: HistoryEntry },
  body: Body,
): void {
  const { state, clock } = context;
  const user = verifyAuthor(state, actor, subject, entry);
  const { comment } = body;
  if (comment === undefined || comment === null) throw refuse("comment is required");
  if (entry.delete_comment_date !== null) throw refuse("deleted comments can't be edited");
  // Taiga dates every former text with the day of the comment itself.
  entry.comment_versions.push({ date: entry.created_at, comment: entry.comment, user: user.id });
  entry.edit_comment_date = toTimestamp(clock());
  entry.comment = toText(comment);
  announce(context, subject, entry);
}

/** Sets the date of the deletion; the text stays visible, as in Taiga. */
export function deleteComment(
  context: Context,
  actor: Actor,
  { subject, entry }: { subject: Recorded; entry: HistoryEntry },
): void {
  const { state, clock } = context;
  const user = verifyAuthor(state, actor, subject, entry);
  if (entry.delete_comment_date !== null) throw refuse("Comment already deleted");
  entry.delete_comment_date = toTimestamp(clock());
  entry.delete_comment_user = { pk: user.id, name: user.full_name };
  announce(context, subject, entry);
}

/** The user who deleted the comment and project administrators may restore it. */
export function undeleteComment(
  context: Context,
  actor: Actor,
  { subject, entry }: { subject: Recorded; entry: HistoryEntry },
): void {
  const { state } = context;
  const user = mustBeUser(actor);
  const isDeleter = entry.delete_comment_user?.pk === user.id;
  if (!isDeleter && !isAdmin(state, user, subject)) throw refusal(actor);
  if (entry.delete_comment_date === null) throw refuse("Comment not deleted");
  entry.delete_comment_date = null;
  entry.delete_comment_user = null;
  announce(context, subject, entry);
}
