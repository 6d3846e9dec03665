import { toHtml } from "../model/markup.ts";
import { toReadableDiff } from "./readable-diff.ts";
import { mustFind } from "../model/rows.ts";
import type { HistoryEntry, State } from "../model/state.ts";
import { TYPE_NAMES } from "./timeline.ts";
import { toHistoryUser, toPublicUser } from "../projects/user-views.ts";

/** One line of an object's history. */
export function toHistoryEntry(state: State, entry: HistoryEntry) {
  const { kind, object, comment_versions: _versions, ...columns } = entry;
  return {
    ...columns,
    user: toHistoryUser(state, entry.user),
    key: `${TYPE_NAMES[kind]}:${object}`,
    snapshot: null,
    values_diff: toReadableDiff(entry),
    comment_html: toHtml(entry.comment, state.users),
    is_snapshot: false,
  };
}

/** The text of a comment before each of its edits. */
export const toCommentVersions = (state: State, { comment_versions }: HistoryEntry) =>
  comment_versions.map(({ date, comment, user }) => {
    const author = mustFind(state.users, user);
    return {
      date,
      user: toPublicUser(state, author),
      comment,
      comment_html: toHtml(comment, state.users),
    };
  });
