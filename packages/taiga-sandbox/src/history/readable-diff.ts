import { toText } from "../http/fields.ts";
import { toHtml } from "../model/markup.ts";
import type { HistoryEntry } from "../model/state.ts";

/** Long texts, whose differences are HTML under another name. */
const LONG_TEXTS = new Set(["description", "blocked_note", "content"]);

/**
 * A diff with labels instead of ids: `values_diff`, as history and timelines show it.
 *
 * @see taiga-back projects/history/models.py, HistoryEntry.values_diff
 */
export function toReadableDiff({
  diff,
  values,
}: Pick<HistoryEntry, "diff" | "values">): Record<string, unknown> {
  const labelOf = (table: string, id: unknown): string | null =>
    values[table]?.[String(id)] ?? null;
  const readable: Record<string, unknown> = {};
  for (const [field, [before, after]] of Object.entries(diff)) {
    if (LONG_TEXTS.has(field)) {
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
    } else if (field === "attachments") {
      readable[field] = toAttachmentDiff(before as FrozenFile[], after as FrozenFile[]);
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
  type: string;
}

function toCustomDiff(before: CustomValue[], after: CustomValue[]) {
  const diff = toListDiff(before, after, (old, { name, type, value }) => {
    if (JSON.stringify(old.value) === JSON.stringify(value)) return undefined;
    const change = [old.value, value];
    return { name, type, changes: { value: change }, value_diff: toValueDiff(type, change) };
  });
  const added = diff.new.map((row) => ({
    ...row,
    value_diff: toValueDiff(row.type, [null, row.value]),
  }));
  return { ...diff, new: added };
}

/** Marked text of a text field, and both values of any other. */
function toValueDiff(type: string, [before, after]: unknown[]): unknown {
  if (type === "number" || type === "checkbox") return [before, after];
  return toMarkedDiff(before === null ? "" : toText(before), after === null ? "" : toText(after));
}

/** An attachment as a snapshot keeps it. */
export interface FrozenFile {
  id: number;
  filename: string;
  url: string;
  attached_file: string;
  thumbnail_file: null;
  is_deprecated: boolean;
  description: string;
  order: number;
}

function toAttachmentDiff(before: FrozenFile[], after: FrozenFile[]) {
  return toListDiff(before, after, (old, file) => {
    const changed = (["is_deprecated", "description", "order"] as const).filter(
      (field) => old[field] !== file[field],
    );
    if (changed.length === 0) return undefined;
    const { filename, url } = file;
    const changes = Object.fromEntries(changed.map((field) => [field, [old[field], file[field]]]));
    return { filename, url, thumb_url: null, changes };
  });
}

/** @param toChange shows the change of an entry in both lists; undefined if it is the same. */
function toListDiff<Row extends { id: number }>(
  before: Row[],
  after: Row[],
  toChange: (old: Row, row: Row) => unknown,
) {
  const old = new Map(before.map((row) => [row.id, row]));
  const kept = new Set(after.map((row) => row.id));
  return {
    new: after.filter((row) => !old.has(row.id)),
    changed: after
      .filter((row) => old.has(row.id))
      .map((row) => toChange(old.get(row.id)!, row))
      .filter((change) => change !== undefined),
    deleted: before.filter((row) => !kept.has(row.id)),
  };
}
