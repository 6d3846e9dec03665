import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import type { TaigaItemKind } from "./history.ts";
import { flag, orNull, text, timestamp } from "./schema-parts.ts";

/** A file beside an item. */
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
  /** All attachments of one item, deprecated ones among them. */
  list(kind: TaigaItemKind, projectId: number, objectId: number): Promise<Attachment[]>;
}

const PATHS = { userstory: "/userstories/attachments", task: "/tasks/attachments" } as const;

/** `/userstories/attachments`, `/tasks/attachments` */
export const createAttachments = (request: TaigaRequest): Attachments => ({
  list: async (kind, projectId, objectId) => {
    const query = { project: projectId, object_id: objectId };
    const schema = z.array(Attachment);
    return (await request({ path: PATHS[kind], query, wholeList: true, schema })).data;
  },
});
