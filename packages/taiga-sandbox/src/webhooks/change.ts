import { toReadableDiff } from "../history/readable-diff.ts";
import { toHtml } from "../model/markup.ts";
import type { State } from "../model/state.ts";
import type { AnnouncedChange } from "../model/announced.ts";

const LISTS = new Set(["attachments", "custom_attributes"]);

/** A change: `values_diff` with `from` and `to`; long descriptions are left out. */
export function toChange(state: State, entry: AnnouncedChange) {
  const versions = entry.comment_versions.map(({ date, comment, user }) => ({
    date,
    comment,
    comment_html: toHtml(comment, state.users),
    user: { id: user },
  }));
  const { description_html: _html, ...readable } = toReadableDiff(entry);
  return {
    comment: entry.comment,
    comment_html: toHtml(entry.comment, state.users),
    delete_comment_date: entry.delete_comment_date,
    comment_versions: versions.length === 0 ? null : versions,
    edit_comment_date: entry.edit_comment_date,
    diff: Object.fromEntries(
      Object.entries(readable).map(([field, value]) => [field, toDifference(field, value)]),
    ),
  };
}

function toDifference(field: string, value: unknown): unknown {
  if (field === "description_diff") return "Check the history API for the exact diff";
  if (LISTS.has(field)) return value;
  if (Array.isArray(value)) return { from: value[0] as unknown, to: value[1] as unknown };
  // The points of each role.
  return Object.fromEntries(
    Object.entries(value as object).map(([role, pair]) => [role, toDifference(role, pair)]),
  );
}
