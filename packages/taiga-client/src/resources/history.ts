import { z } from "zod";
import { toListSchema } from "../compiled-schema.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import type { TaigaObjectKind } from "./item-kind.ts";
import { flag, noContent, orNull, text, timestamp } from "./schema-parts.ts";

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

/** An earlier text of a comment. */
export const CommentVersion = z.object({
  /** When the comment was first written, in every version. */
  date: timestamp,
  comment: text,
  /** Who replaced the text, not who wrote it. */
  user: orNull(z.object({ id: z.int(), username: z.string(), full_name_display: text })),
});
export type CommentVersion = z.output<typeof CommentVersion>;

/** Where a comment stands: its object, and the id of its entry. */
export type CommentKey = readonly [kind: TaigaObjectKind, objectId: number, entryId: string];

/** Comments are written with `update` of the object. */
export interface History {
  /** All entries, newest first, deleted comments among them. */
  list(kind: TaigaObjectKind, id: number): Promise<HistoryEntry[]>;
  /**
   * Replaces a comment's text. Taiga takes any entry of the caller: one without a comment gets one.
   * @throws {TaigaError} `not_found`; `permission_denied` unless it is the caller's own, or the caller
   *   is an administrator; `invalid_request` for a deleted comment.
   */
  editComment(...comment: [...CommentKey, text: string]): Promise<void>;
  /** Hides a comment; `restoreComment` brings it back. @throws {TaigaError} like `editComment`. */
  deleteComment(...comment: CommentKey): Promise<void>;
  /** @throws {TaigaError} `permission_denied` unless the caller deleted it, or is an administrator. */
  restoreComment(...comment: CommentKey): Promise<void>;
  /** The earlier texts of an edited comment, for its author and administrators. */
  listCommentVersions(...comment: CommentKey): Promise<CommentVersion[]>;
}

/** `/history` */
export const createHistory = (request: TaigaRequest): History => ({
  editComment: (kind, objectId, entryId, comment) =>
    actOnComment(request, "edit_comment", [kind, objectId, entryId], { comment }),
  deleteComment: (...comment) => actOnComment(request, "delete_comment", comment),
  restoreComment: (...comment) => actOnComment(request, "undelete_comment", comment),
  listCommentVersions: async (kind, objectId, entryId) => {
    const path = `/history/${kind}/${objectId}/comment_versions`;
    const query = { id: entryId };
    return (await request({ path, query, wholeList: true, schema: toListSchema(CommentVersion) }))
      .data;
  },
  list: async (kind, id) => {
    const path = `/history/${kind}/${id}`;
    return (await request({ path, wholeList: true, schema: toListSchema(HistoryEntry) })).data;
  },
});

async function actOnComment(
  request: TaigaRequest,
  action: string,
  [kind, objectId, entryId]: CommentKey,
  body?: object,
): Promise<void> {
  const path = `/history/${kind}/${objectId}/${action}`;
  const call = { method: "POST", path, query: { id: entryId }, schema: noContent } as const;
  await request({ ...call, ...(body && { body }) });
}
