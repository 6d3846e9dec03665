import { createHash } from "node:crypto";
import { z } from "zod";
import { ToolError } from "../errors.ts";

/** Where a listing stopped: after this row of this source. */
export interface Position {
  /** Which of the lists that are walked one after another. */
  source: string;
  /** The last row's value in the order and its id; left out before the source's first row. */
  after?: { value: SortValue; id: number } | undefined;
}

/** What rows are sorted by; `null` comes last. */
export type SortValue = string | number | null;

/** Of a cursor: the value may be a subject of 500 characters, of six bytes each in JSON. */
export const MAX_CURSOR_LENGTH = 5_000;

const Content = z.strictObject({
  /** What was asked; a position means something in the same search only. */
  q: z.string(),
  s: z.string().max(100),
  v: z.union([z.string(), z.number(), z.null()]).optional(),
  i: z.int().optional(),
});

/**
 * Writes a position as opaque text. It grants nothing: a caller who changes it only looks elsewhere
 * in what they may see.
 *
 * @param search everything that decides which rows are listed, and in which order.
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

/** @throws {ToolError} `invalid_argument` for text that is not a cursor, or belongs to another search. */
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

/** The error for a cursor that cannot be continued. */
export const badCursor = (reason: string): ToolError =>
  new ToolError(
    "invalid_argument",
    `cursor: it ${reason}. Send it with the same arguments as the call that returned it, or leave cursor out to start again.`,
  );

const fingerprint = (search: unknown): string =>
  createHash("sha256").update(JSON.stringify(search)).digest("base64url").slice(0, 12);
