import { projectOf } from "./attachment-writes.ts";
import type { Attachment, ObjectKind, State } from "../model/state.ts";

/** An attachment. @param url address of the file, valid for some minutes. */
export function toAttachment(state: State, row: Attachment, url: string) {
  const { kind: _kind, object, media_type: _mediaType, ...columns } = row;
  return {
    ...columns,
    project: projectOf(state, row).id,
    url,
    object_id: object,
    thumbnail_card_url: null,
    preview_url: url,
  };
}

/** The files of an object as `include_attachments` lists them, without deprecated ones. */
export const toBasicAttachments = (state: State, kind: ObjectKind, object: number) =>
  listAttachments(state, kind, object)
    .filter((row) => !row.is_deprecated)
    .map(({ id, attached_file }) => ({ id, attached_file, thumbnail_card_url: null }));

/** The files of an object in their order. */
export const listAttachments = (state: State, kind: ObjectKind, object: number): Attachment[] =>
  state.attachments
    .filter((row) => row.kind === kind && row.object === object)
    .toSorted((a, b) => a.order - b.order || a.id - b.id);
