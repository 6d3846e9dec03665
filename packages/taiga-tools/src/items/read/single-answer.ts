import { createHash } from "node:crypto";
import { badCursor, decodeCursor, encodeCursor } from "../../schema/cursor.ts";
import { beginningOf, MAX_ANSWER_BYTES, toCutMark } from "../../text/cap.ts";
import { fence } from "../../text/fence.ts";
import { capDetails } from "./cap-details.ts";
import { type ItemBlock, toBlockText } from "./item-block.ts";
import { type ReadAnswer, type ReadRequest } from "./read-items.ts";

/** Room for the note on what is missing, and for what the data repeats of the item itself. */
const OVERHEAD_BYTES = 1_000;

/**
 * Formats one item. What does not fit into an answer is read with the cursor: the texts of the item,
 * to the end.
 *
 * @throws {ToolError} `invalid_argument` for a cursor of another item, or of an earlier version.
 */
export function toSingleAnswer(
  block: ItemBlock,
  { refs, project, include, cursor }: ReadRequest,
): ReadAnswer {
  const whole = toBlockText(block);
  const search = { refs, project, include: [...include].toSorted() };
  const version = createHash("sha256").update(whole).digest("base64url").slice(0, 12);
  const start = cursor === undefined ? 0 : readStart(cursor, search, version);
  const page = toPage(whole.slice(start));
  const end = start + page.length;
  const isLast = end === whole.length;
  const next = isLast
    ? undefined
    : encodeCursor({ source: version, after: { value: end, id: 0 } }, search);
  const shown = isLast ? page : `${page}\n${toCutMark(whole.length - end)}`;
  return {
    text: [fence(shown), ...(next === undefined ? [] : [toNextStep(next)])].join("\n"),
    data: {
      items: cursor === undefined ? [capDetails(block, MAX_ANSWER_BYTES - OVERHEAD_BYTES)] : [],
      ...(cursor !== undefined && { continued: page }),
      ...(next !== undefined && { cursor: next }),
    },
  };
}

const toNextStep = (cursor: string): string =>
  `This is not all: repeat the call with cursor ${cursor} to read on.`;

function readStart(cursor: string, search: unknown, version: string): number {
  const { source, after } = decodeCursor(cursor, search);
  if (source !== version) throw badCursor("belongs to an earlier version of this item");
  const start = after?.value;
  if (typeof start !== "number" || start < 0) throw badCursor("was not issued by this tool");
  return start;
}

/** How far a page may be shortened to end with a line. */
const MAX_LAST_LINE = 500;

/** As much as fits, to the end of a line if one is near. */
function toPage(text: string): string {
  const page = beginningOf(text, MAX_ANSWER_BYTES - OVERHEAD_BYTES);
  if (page.length === text.length) return text;
  const lineEnd = page.lastIndexOf("\n") + 1;
  return page.length - lineEnd <= MAX_LAST_LINE ? page.slice(0, lineEnd) : page;
}
