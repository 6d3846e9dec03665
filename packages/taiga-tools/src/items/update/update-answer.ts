import { capText, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { toCleanText, toOneLine } from "../../text/clean.ts";
import { fence } from "../../text/fence.ts";
import { toMinute } from "../item-line.ts";
import { countOutcomes } from "../outcome.ts";
import { type UpdateOutcome } from "./update-items.ts";

const MAX_VALUE_LENGTH = 200;

/** The outcome of one item as data; long values are shortened. */
export type UpdateRow = {
  ref: string;
  outcome: string;
  version?: string;
  changes?: { field: string; before: string; after: string }[];
  conflicts?: { field: string; by: string; at: string; theirs: string; yours: string }[];
  notified?: string[];
  note?: string;
  error?: string;
};

/** Formats the outcome of each item as an answer. */
export function toUpdateAnswer(outcomes: readonly UpdateOutcome[]): {
  text: string;
  data: { items: UpdateRow[] };
} {
  const items = outcomes.map(toRow);
  const body = capText(items.map(toRowText).join("\n"), MAX_ANSWER_BYTES);
  return { text: `${countOutcomes(items)}.\n${fence(body)}`, data: { items } };
}

function toRow(result: UpdateOutcome): UpdateRow {
  if ("error" in result) return { ...result };
  const { ref, outcome, version, changes, conflicts, notified, note } = result;
  return {
    ref,
    outcome,
    version,
    ...(changes.length > 0 && {
      changes: changes.map(({ field, before, after }) => ({
        field,
        before: shorten(before),
        after: shorten(after),
      })),
    }),
    ...(conflicts.length > 0 && {
      conflicts: conflicts.map((one) => ({
        ...one,
        theirs: shorten(one.theirs),
        yours: shorten(one.yours),
      })),
    }),
    ...(notified.length > 0 && outcome !== "conflict" && { notified }),
    ...(note !== undefined && { note }),
  };
}

function shorten(value: string): string {
  const text = toCleanText(value);
  if (text.length <= MAX_VALUE_LENGTH) return text;
  return `${text.slice(0, MAX_VALUE_LENGTH)}… (${text.length} characters)`;
}

function toRowText(row: UpdateRow): string {
  const { ref, outcome, version, changes = [], conflicts = [], notified = [] } = row;
  const quote = (value: string) => toOneLine(value) || "–";
  const shown = conflicts.length > 0 ? [] : changes;
  return [
    `${ref} ${outcome.replaceAll("_", " ")}${version === undefined ? "" : ` v${version}`}`,
    ...shown.map(({ field, before, after }) => `  ${field}: ${quote(before)} → ${quote(after)}`),
    ...conflicts.map(
      ({ field, by, at, theirs, yours }) =>
        `  ${field}: @${quote(by)} set "${quote(theirs)}" at ${toMinute(at)}, yours was "${quote(yours)}"`,
    ),
    ...(conflicts.length > 0
      ? [`  Nothing of this item was written. To overwrite, repeat with version ${version}.`]
      : []),
    ...(outcome === "would_update" && notified.length > 0
      ? [`  would be notified: ${notified.map((name) => `@${name}`).join(" ")}`]
      : []),
    ...(row.note === undefined ? [] : [`  ${row.note}`]),
    ...(row.error === undefined ? [] : [`  ${row.error}`]),
  ].join("\n");
}
