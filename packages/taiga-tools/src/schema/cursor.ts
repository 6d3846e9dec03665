import { createHash } from "node:crypto";
import { z } from "zod";
import { ToolError } from "../errors.ts";

/** The position at which a listing stopped: after a row of a source. */
export interface Position {
  /** The list, of those that are read one after another. */
  source: string;
  /** Sort value and id of the last row; omitted before the first row of the source. */
  after?: { value: SortValue; id: number } | undefined;
}

/** The value by which rows are sorted; `null` comes last. */
export type SortValue = string | number | null;

/** Leaves room for a subject of 500 characters as sort value, of six bytes each in JSON. */
export const MAX_CURSOR_LENGTH = 5_000;

const Content = z.strictObject({
  /** Identifies the search: a position is valid only within the same search. */
  q: z.string(),
  s: z.string().max(100),
  v: z.union([z.string(), z.number(), z.null()]).optional(),
  i: z.int().optional(),
});

/**
 * Encodes a position as opaque text. It needs no signature: a caller who changes it only moves to
 * another position in rows that they may see anyway.
 *
 * @param search everything that determines which rows are listed, and in which order.
 */
export function encodeCursor(position: Position, search: unknown): string {
  const { source, after } = position;
  const content: z.input<typeof Content> = {
    q: fingerprint(search),
    s: source,
    ...(after !== undefined && { v: after.value, i: after.id }),
  };
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}

/** @throws {ToolError} `invalid_argument` for text that is not a cursor of this search. */
export function decodeCursor(cursor: string, search: unknown): Position {
  const content = readContent(cursor);
  if (content === undefined) throw badCursor("was not issued by this tool");
  if (content.q !== fingerprint(search))
    throw badCursor("belongs to a search with other arguments");
  return {
    source: content.s,
    ...(content.v !== undefined &&
      content.i !== undefined && { after: { value: content.v, id: content.i } }),
  };
}

function readContent(cursor: string): z.output<typeof Content> | undefined {
  if (cursor.length > MAX_CURSOR_LENGTH) return undefined;
  try {
    const json: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Content.safeParse(json).data;
  } catch {
    return undefined;
  }
}

/** The error for an invalid cursor. */
export const badCursor = (reason: string): ToolError =>
  new ToolError(
    "invalid_argument",
    `cursor: it ${reason}. Send it with the same arguments as the call that returned it, or leave cursor out to start again.`,
  );

const fingerprint = (search: unknown): string =>
  createHash("sha256").update(JSON.stringify(search)).digest("base64url").slice(0, 12);
