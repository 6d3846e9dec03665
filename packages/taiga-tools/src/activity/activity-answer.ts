import { countFitting, MAX_ANSWER_BYTES } from "../text/cap.ts";
import { fence } from "../text/fence.ts";
import { type Activity, type ActivityPosition } from "./activity.ts";
import { type ActivityEntry, toActivityText } from "./activity-entry.ts";

/**
 * Formats as many events as fit into the answer; the cursor continues with the rest.
 * @param firstPage the first page that was read of Taiga's timeline.
 */
export function toActivityAnswer(
  { entries, next }: Activity,
  firstPage: number,
  toCursor: (position: ActivityPosition) => string,
): { text: string; data: { events: ActivityEntry[]; cursor?: string } } {
  const lines = entries.map(toActivityText);
  const shown = entries.slice(0, countWhole(entries, countFitting(lines, MAX_ANSWER_BYTES)));
  const last = shown.at(-1);
  const isCut = shown.length < entries.length && last !== undefined;
  const position = isCut ? { page: firstPage, before: last.at } : next;
  const cursor = position && toCursor(position);
  const more = cursor === undefined ? "" : ` There are more: repeat the call with cursor ${cursor}`;
  const header = `${shown.length === 0 ? "Nothing found" : `${shown.length} events`}.${more}`;
  return {
    text:
      shown.length === 0 ? header : `${header}\n${fence(lines.slice(0, shown.length).join("\n"))}`,
    data: { events: shown, ...(cursor !== undefined && { cursor }) },
  };
}

/** Counts the events that fit, at least one. Events with the same time stay together. */
function countWhole(entries: readonly ActivityEntry[], fitting: number): number {
  let count = Math.max(1, fitting);
  while (count > 1 && count < entries.length && entries[count - 1]?.at === entries[count]?.at) {
    count -= 1;
  }
  return count;
}
