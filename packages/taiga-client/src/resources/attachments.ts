import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { OBJECT_PATHS } from "./item-kind.ts";
import type { TaigaObjectKind } from "./item-kind.ts";
import { flag, orNull, text, timestamp } from "./schema-parts.ts";

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

export interface Attachments {
  /** All attachments of one object, including deprecated ones. */
  list(kind: TaigaObjectKind, projectId: number, objectId: number): Promise<Attachment[]>;
}

/** `/userstories/attachments` and its like for each kind */
export const createAttachments = (request: TaigaRequest): Attachments => ({
  list: async (kind, projectId, objectId) => {
    const path = `${OBJECT_PATHS[kind]}/attachments`;
    const query = { project: projectId, object_id: objectId };
    const schema = z.array(Attachment);
    return (await request({ path, query, wholeList: true, schema })).data;
  },
});
