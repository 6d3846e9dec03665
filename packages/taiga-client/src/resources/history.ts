import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import type { TaigaObjectKind } from "./item-kind.ts";
import { flag, orNull, text, timestamp } from "./schema-parts.ts";

/** A change, a comment, or both at once. */
export const HistoryEntry = z.object({
  id: z.string(),
  created_at: timestamp,
  /** 1 changed, 2 created, 3 deleted; Taiga lists only 1. */
  type: z.int(),
  user: orNull(z.object({ pk: orNull(z.int()), username: orNull(z.string()), name: text })),
  /** Empty for a mere change. */
  comment: text,
  edit_comment_date: orNull(timestamp),
  /** Not null: deleted, though Taiga still sends the text. */
  delete_comment_date: orNull(timestamp),
  /** Field → [before, after], in ids. */
  diff: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((diff) => diff ?? {}),
  /** Field → [before, after], in names; long texts as HTML under `<field>_diff`. */
  values_diff: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((diff) => diff ?? {}),
  is_hidden: flag,
});
export type HistoryEntry = z.output<typeof HistoryEntry>;

export interface History {
  /** All entries, newest first, deleted comments among them. */
  list(kind: TaigaObjectKind, id: number): Promise<HistoryEntry[]>;
}

/** `/history` */
export const createHistory = (request: TaigaRequest): History => ({
  list: async (kind, id) => {
    const path = `/history/${kind}/${id}`;
    return (await request({ path, wholeList: true, schema: z.array(HistoryEntry) })).data;
  },
});
