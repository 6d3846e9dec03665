import { toHtml } from "../markup.ts";
import type { HistoryEntry, State } from "../state.ts";
import { toHistoryUser } from "./users.ts";

/** What Taiga calls a kind in the `key` of an entry. */
const KEYS = {
  epic: "epics.epic",
  userstory: "userstories.userstory",
  task: "tasks.task",
  issue: "issues.issue",
};

/** One line of an item's history. */
export const toHistoryEntry = (state: State, entry: HistoryEntry) => ({
  id: entry.id,
  user: toHistoryUser(state, entry.user),
  created_at: entry.created_at,
  type: entry.type,
  key: `${KEYS[entry.kind]}:${entry.object}`,
  diff: entry.diff,
  snapshot: null,
  values: entry.values,
  values_diff: toReadableDiff(entry),
  comment: entry.comment,
  comment_html: toHtml(entry.comment, state.users),
  delete_comment_date: null,
  delete_comment_user: null,
  edit_comment_date: null,
  is_hidden: entry.is_hidden,
  is_snapshot: false,
});

/** The diff with labels instead of ids and with long texts as marked-up differences. */
function toReadableDiff({ diff, values }: HistoryEntry): Record<string, unknown> {
  const labelOf = (table: string, id: unknown): string | null =>
    values[table]?.[String(id)] ?? null;
  const readable: Record<string, unknown> = {};
  for (const [field, [before, after]] of Object.entries(diff)) {
    if (field === "description" || field === "blocked_note") {
      readable[`${field}_diff`] = [null, toMarkedDiff(String(before), String(after))];
    } else if (field === "assigned_to" || field === "owner") {
      readable[field] = [labelOf("users", before), labelOf("users", after)];
    } else if (field === "assigned_users") {
      const names = (ids: unknown) =>
        (ids as number[]).map((id) => labelOf("users", id)).join(", ") || null;
      readable[field] = [names(before), names(after)];
    } else if (field === "points") {
      readable[field] = toPointsDiff(before, after, labelOf);
    } else if (field === "custom_attributes") {
      readable[field] = toCustomDiff(before as CustomValue[], after as CustomValue[]);
    } else if (values[field] !== undefined) {
      readable[field] = [labelOf(field, before), labelOf(field, after)];
    } else {
      readable[field] = [before, after];
    }
  }
  return readable;
}

const toMarkedDiff = (before: string, after: string): string =>
  (before && `<del style="background:#ffe6e6;">${toHtml(before, []).slice(3, -4)}</del>`) +
  (after && `<ins style="background:#e6ffe6;">${toHtml(after, []).slice(3, -4)}</ins>`);

function toPointsDiff(
  before: unknown,
  after: unknown,
  labelOf: (table: string, id: unknown) => string | null,
): Record<string, unknown> {
  const old = before as Record<string, number>;
  const changed = Object.entries(after as Record<string, number>).filter(
    ([role, id]) => old[role] !== id,
  );
  return Object.fromEntries(
    changed.map(([role, id]) => [
      labelOf("roles", role) ?? role,
      [labelOf("points", old[role]), labelOf("points", id)],
    ]),
  );
}

interface CustomValue {
  id: number;
  name: string;
  value: unknown;
}

function toCustomDiff(before: CustomValue[], after: CustomValue[]) {
  const old = new Map(before.map((row) => [row.id, row]));
  const kept = new Set(after.map((row) => row.id));
  return {
    new: after.filter((row) => !old.has(row.id)),
    changed: after
      .filter((row) => old.has(row.id) && old.get(row.id)!.value !== row.value)
      .map((row) => ({ ...row, changes: { value: [old.get(row.id)!.value, row.value] } })),
    deleted: before.filter((row) => !kept.has(row.id)),
  };
}
