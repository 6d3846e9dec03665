import { toHtml } from "../model/markup.ts";
import { toReadableDiff } from "./readable-diff.ts";
import { mustFind } from "../model/rows.ts";
import type { HistoryEntry, State } from "../model/state.ts";
import { TYPE_NAMES } from "./timeline.ts";
import { toHistoryUser, toPublicUser } from "../projects/user-views.ts";

/** One line of an object's history. */
export const toHistoryEntry = (state: State, entry: HistoryEntry) => ({
  id: entry.id,
  user: toHistoryUser(state, entry.user),
  created_at: entry.created_at,
  type: entry.type,
  key: `${TYPE_NAMES[entry.kind]}:${entry.object}`,
  diff: entry.diff,
  snapshot: null,
  values: entry.values,
  values_diff: toReadableDiff(entry),
  comment: entry.comment,
  comment_html: toHtml(entry.comment, state.users),
  delete_comment_date: entry.delete_comment_date,
  delete_comment_user: entry.delete_comment_user,
  edit_comment_date: entry.edit_comment_date,
  is_hidden: entry.is_hidden,
  is_snapshot: false,
});

/** What a comment said before each of its edits. */
export const toCommentVersions = (state: State, { comment_versions }: HistoryEntry) =>
  comment_versions.map(({ date, comment, user }) => {
    const author = mustFind(state.users, user);
    return {
      date,
      user: toPublicUser(state, author, author),
      comment,
      comment_html: toHtml(comment, state.users),
    };
  });
