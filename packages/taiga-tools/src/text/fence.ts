import { toCleanText } from "./clean.ts";

const SHORTEST_FENCE = 3;

/**
 * Marks text written by Taiga's users as data. The fence is longer than any run of backticks in the
 * text, so the text cannot close it (CommonMark §4.5).
 */
export function fence(untrusted: string): string {
  const text = toCleanText(untrusted);
  const runs = text.match(/`+/g) ?? [];
  const longest = runs.reduce((length, run) => Math.max(length, run.length), 0);
  const marks = "`".repeat(Math.max(SHORTEST_FENCE, longest + 1));
  return `${marks}taiga-data\n${text}\n${marks}`;
}
