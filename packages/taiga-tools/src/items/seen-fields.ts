import { createHash } from "node:crypto";
import { assigneeIds } from "./item-words.ts";
import { type ItemRow } from "./taiga-items.ts";

/** A row of a list has no description. */
type Row = ItemRow & { description?: string };

/**
 * The fields whose changes are conflicts, by the tools' names, in the order in which a version
 * carries them. `undefined` when a kind lacks the field.
 */
const SEEN_FIELDS: readonly (readonly [field: string, read: (row: Row) => unknown])[] = [
  ["subject", (row) => row.subject],
  ["description", (row) => row.description],
  ["status", (row) => row.status],
  ["assigned_to", (row) => toPeople(row)],
  ["sprint", (row) => (row.kind === "epic" ? undefined : row.milestone)],
  ["parent", (row) => (row.kind === "task" ? row.user_story : undefined)],
  ["type", (row) => (row.kind === "issue" ? row.type : undefined)],
  ["severity", (row) => (row.kind === "issue" ? row.severity : undefined)],
  ["priority", (row) => (row.kind === "issue" ? row.priority : undefined)],
  ["color", (row) => (row.kind === "epic" ? row.color : undefined)],
  ["points", (row) => (row.kind === "story" ? toPoints(row.points) : undefined)],
  ["tags", (row) => row.tags.map(([tag]) => tag).toSorted()],
  ["swimlane", (row) => (row.kind === "story" ? row.swimlane : undefined)],
  ["due_date", (row) => (row.kind === "epic" ? undefined : row.due_date)],
  ["blocked", (row) => row.is_blocked],
  ["blocked_note", (row) => row.blocked_note],
];

function toPeople(row: Row): number[] {
  const [main, ...others] = assigneeIds(row);
  return main === undefined ? [] : [main, ...others.toSorted((a, b) => a - b)];
}

const toPoints = (points: Record<string, number | null>): [string, number | null][] =>
  Object.entries(points).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Stands for an empty field, and, at the end, for all fields that follow. */
const EMPTY = "-";
/** Stands for a field that the row does not have, so the caller has not seen it. */
const UNSEEN = "_";
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function toMark(value: unknown): string {
  const isEmpty =
    value === null || value === "" || value === false || (Array.isArray(value) && !value.length);
  if (isEmpty) return EMPTY;
  const number = createHash("sha256").update(JSON.stringify(value)).digest().readUInt32BE();
  return DIGITS[number % 62]! + DIGITS[Math.floor(number / 62) % 62]!;
}

/** The hash of one field of a row; `undefined` when it was not seen or the kind lacks it. */
export type SeenFields = ReadonlyMap<string, string>;

export function toSeenFields(row: Row): SeenFields {
  return new Map(
    SEEN_FIELDS.flatMap(([field, read]) => {
      const value = read(row);
      return value === undefined ? [] : [[field, toMark(value)] as const];
    }),
  );
}

/**
 * Two characters a field, one for an empty field, none for the empty fields at the end.
 * @param kept fields that the caller has seen with another value than the row's.
 */
export function encodeSeen(row: Row, kept?: SeenFields): string {
  const seen = new Map([...toSeenFields(row), ...(kept ?? [])]);
  return fieldsOf(row)
    .map((field) => seen.get(field) ?? UNSEEN)
    .join("")
    .replace(/-+$/, "");
}

/** @param row of the item, for the fields of its kind. */
export function decodeSeen(text: string, row: Row): SeenFields {
  const marks = text.match(/[-_]|[0-9A-Za-z]{2}/g) ?? [];
  return new Map(
    fieldsOf(row).flatMap((field, index) => {
      const mark = marks[index] ?? EMPTY;
      return mark === UNSEEN ? [] : [[field, mark] as const];
    }),
  );
}

/** The fields of the row's kind, including the description that a row of a list lacks. */
const fieldsOf = (row: Row): string[] =>
  SEEN_FIELDS.filter(([field, read]) => field === "description" || read(row) !== undefined).map(
    ([field]) => field,
  );
