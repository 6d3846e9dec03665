import { toOneLine } from "./clean.ts";

const MAX_LENGTH = 100;

/**
 * Marks a name or a short text written by others as data within a sentence: one line, cleaned, cut,
 * in a code span that its content cannot close (CommonMark §6.1).
 */
export function quote(untrusted: string, maxLength = MAX_LENGTH): string {
  const characters = Array.from(toOneLine(untrusted));
  const text =
    characters.length <= maxLength
      ? characters.join("")
      : `${characters.slice(0, maxLength).join("").trimEnd()}…`;
  const runs = text.match(/`+/g) ?? [];
  const marks = "`".repeat(1 + runs.reduce((longest, run) => Math.max(longest, run.length), 0));
  const pad = text === "" || text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${marks}${pad}${text}${pad}${marks}`;
}

/** Several names, each marked as data. */
export const quoteAll = (untrusted: readonly string[]): string =>
  untrusted.map((name) => quote(name)).join(", ");
