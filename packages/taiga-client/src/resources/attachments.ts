import { z } from "zod";
import type { FileContent } from "../multipart.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import type { ChangesOf } from "./item-changes.ts";
import { OBJECT_PATHS } from "./item-kind.ts";
import type { TaigaObjectKind } from "./item-kind.ts";
import { flag, noContent, orNull, text, timestamp } from "./schema-parts.ts";

/** A file attached to an item or a wiki page. */
export const Attachment = z.object({
  id: z.int(),
  project: z.int(),
  object_id: z.int(),
  owner: orNull(z.int()),
  name: z.string(),
  /** Bytes. */
  size: orNull(z.int()),
  /** May carry a token that opens it for some minutes; read the attachment again for a new one. */
  url: z.string(),
  description: text,
  is_deprecated: flag,
  created_date: timestamp,
  modified_date: timestamp,
});
export type Attachment = z.output<typeof Attachment>;

/** What can be set on an attachment; its name and content cannot. */
export type AttachmentChanges = ChangesOf<{
  description: string;
  is_deprecated: boolean;
  order: number;
}>;

/** A file for an object. */
export interface NewAttachment {
  projectId: number;
  objectId: number;
  file: FileContent;
  description?: string | undefined;
  fromComment?: boolean | undefined;
}

/** Files of items and wiki pages. They change no version of their object, but write history. */
export interface Attachments {
  /** All attachments of one object, including deprecated ones. */
  list(kind: TaigaObjectKind, projectId: number, objectId: number): Promise<Attachment[]>;
  /**
   * Uploads a file. With `fromComment`, the right to comment is enough.
   * @throws {TaigaError} `validation_failed` for an empty file or an object of another project.
   */
  create(kind: TaigaObjectKind, attachment: NewAttachment): Promise<Attachment>;
  /** Also renews a `url` that carries a token. */
  getById(kind: TaigaObjectKind, id: number): Promise<Attachment>;
  /** Changes only the given fields (PATCH). */
  update(kind: TaigaObjectKind, id: number, changes: AttachmentChanges): Promise<Attachment>;
  /** Deletes permanently. */
  delete(kind: TaigaObjectKind, id: number): Promise<void>;
  /** Puts attachments of one object after another, or first. @returns all that shifted */
  reorder(
    kind: TaigaObjectKind,
    objectId: number,
    move: { attachmentIds: readonly number[]; afterId?: number | undefined },
  ): Promise<{ id: number; order: number }[]>;
}

/** `/userstories/attachments` and its like for each kind */
export function createAttachments(request: TaigaRequest): Attachments {
  const toPath = (kind: TaigaObjectKind, id?: number) =>
    `${OBJECT_PATHS[kind]}/attachments${id === undefined ? "" : `/${id}`}`;
  const schema = Attachment;
  return {
    list: async (kind, projectId, objectId) => {
      const query = { project: projectId, object_id: objectId };
      const call = { path: toPath(kind), query, wholeList: true };
      return (await request({ ...call, schema: z.array(schema) })).data;
    },
    create: async (kind, { projectId, objectId, file, description, fromComment }) => {
      const fields = {
        project: projectId,
        object_id: objectId,
        description,
        from_comment: fromComment,
      };
      const form = { fields, fileField: "attached_file", file };
      return (await request({ method: "POST", path: toPath(kind), form, schema })).data;
    },
    getById: async (kind, id) => (await request({ path: toPath(kind, id), schema })).data,
    update: async (kind, id, changes) =>
      (await request({ method: "PATCH", path: toPath(kind, id), body: changes, schema })).data,
    delete: async (kind, id) => {
      await request({ method: "DELETE", path: toPath(kind, id), schema: noContent });
    },
    reorder: async (kind, objectId, { attachmentIds, afterId }) => {
      const body = {
        object_id: objectId,
        after_attachment_id: afterId,
        bulk_attachments: attachmentIds,
      };
      const call = { method: "POST", path: `${toPath(kind)}/bulk_update_order`, body } as const;
      return (await request({ ...call, schema: z.array(AttachmentPlace) })).data;
    },
  };
}

const AttachmentPlace = z.object({ id: z.int(), order: z.number() });
