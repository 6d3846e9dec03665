import { createHash, randomBytes } from "node:crypto";
import {
  permissionFor,
  permissionsIn,
  refusal,
  type Actor,
  mustBeUser,
  verifyWritable,
} from "../model/access.ts";
import { toTimestamp, type Context } from "../model/context.ts";
import { apiException, notFound, wrongArguments } from "../model/errors.ts";
import * as field from "../http/fields.ts";
import { recordChange } from "../history/history.ts";
import { rowsOf } from "../model/kinds.ts";
import { MAX_FILE_BYTES, type UploadedFile } from "../http/multipart.ts";
import { allocateId, findById, mustFind } from "../model/rows.ts";
import { takeSnapshot, type Recorded } from "../history/snapshots.ts";
import type { Attachment, ObjectKind, Project, State } from "../model/state.ts";

/**
 * `POST /{kind}/attachments`. The object keeps its version; its history records the file.
 *
 * @throws {ApiError} as Taiga answers, and 413 for a file that is too large to keep.
 */
export function addAttachment(
  context: Context,
  actor: Actor,
  kind: ObjectKind,
  body: field.Body,
): Attachment {
  const { state } = context;
  const spec = {
    project: field.reference(state.projects),
    object_id: field.position,
    attached_file: field.file,
    description: field.text(),
    is_deprecated: field.flag,
    from_comment: field.flag,
  };
  const required = ["project", "object_id", "attached_file"];
  const values = field.readFields(body, spec, { required, isEdit: false });
  const item = findById<{ id: number; project: number }>(rowsOf(state, kind), values.object_id);
  // The text is the same for all kinds, as in taiga-back.
  if (item === undefined) throw wrongArguments("Object id issue doesn't exist");
  if (item.project !== values.project) {
    throw wrongArguments("Project ID does not match between object and project");
  }
  const project = mustFind(state.projects, item.project);
  const fromComment = values.from_comment ?? false;
  if (!mayAdd(state, actor, project, { kind, fromComment })) throw refusal(actor);
  verifyWritable(project);
  const file = values.attached_file!;
  if (file.bytes.length > MAX_FILE_BYTES) throw apiException(413, "BadRequest", "Too large");

  const author = mustBeUser(actor);
  const subject = { kind, item } as Recorded;
  const before = takeSnapshot(state, subject);
  const attachment = storeFile(state, file, {
    kind,
    object: item.id,
    owner: author.id,
    folder: randomBytes(32).toString("hex").slice(0, 60),
    now: toTimestamp(context.clock()),
  });
  Object.assign(attachment, {
    description: values.description ?? "",
    is_deprecated: values.is_deprecated ?? false,
    from_comment: fromComment,
  });
  recordChange(context, subject, { before, author, comment: "" });
  return attachment;
}

/** The project of the object that a file belongs to. */
export const projectOf = (state: State, { kind, object }: Attachment): Project => {
  const item = mustFind<{ id: number; project: number }>(rowsOf(state, kind), object);
  return mustFind(state.projects, item.project);
};

/** Stores a file and its content. */
export function storeFile(
  state: State,
  file: UploadedFile,
  about: Pick<Attachment, "kind" | "object" | "owner"> & {
    /** 60 characters that make the path unique; random for uploads, so that it cannot be guessed. */
    folder: string;
    now: string;
  },
): Attachment {
  const { folder, now, ...columns } = about;
  const [a, b, c, d] = folder;
  const attachment: Attachment = {
    ...columns,
    id: allocateId(state, "attachments"),
    name: file.name,
    attached_file: `attachments/${a}/${b}/${c}/${d}/${folder.slice(4)}/${toFileName(file.name)}`,
    size: file.bytes.length,
    sha1: createHash("sha1").update(file.bytes).digest("hex"),
    media_type: file.mediaType,
    description: "",
    is_deprecated: false,
    from_comment: false,
    order: 0,
    created_date: now,
    modified_date: now,
  };
  state.attachments.push(attachment);
  state.attachmentContents[attachment.id] = file.bytes.toString("base64");
  return attachment;
}

/** A file name as Django stores it. */
const toFileName = (name: string): string =>
  name
    .trim()
    .replace(/ /g, "_")
    .replace(/[^\p{L}\p{N}_.-]/gu, "") || "file";

function mayAdd(
  state: State,
  actor: Actor,
  project: Project,
  { kind, fromComment }: { kind: ObjectKind; fromComment: boolean },
): boolean {
  const permissions = permissionsIn(state, actor, project);
  if (permissions.has(permissionFor("modify", kind))) return true;
  return fromComment && permissions.has(permissionFor("comment", kind));
}

/**
 * `PATCH /{kind}/attachments/{id}`: the description, the order and whether it is deprecated.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function editAttachment(
  context: Context,
  actor: Actor,
  target: { kind: ObjectKind; id: number | undefined },
  body: field.Body,
): Attachment {
  const { state } = context;
  const attachment = findForWrite(state, actor, target);
  const spec = { description: field.text(), is_deprecated: field.flag, order: field.position };
  const values = field.readFields(body, spec, { required: [], isEdit: true });
  const object = body["object_id"];
  if (object !== undefined && findById(rowsOf(state, target.kind), Number(object)) === undefined) {
    throw wrongArguments("Object id issue doesn't exist");
  }
  verifyWritable(projectOf(state, attachment));
  changeFiles(context, actor, attachment, () => {
    Object.assign(attachment, values, { modified_date: toTimestamp(context.clock()) });
  });
  return attachment;
}

/**
 * `DELETE /{kind}/attachments/{id}`.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function deleteAttachment(
  context: Context,
  actor: Actor,
  target: { kind: ObjectKind; id: number | undefined },
): void {
  const { state } = context;
  const attachment = findForWrite(state, actor, target);
  verifyWritable(projectOf(state, attachment));
  changeFiles(context, actor, attachment, () => {
    state.attachments = state.attachments.filter((row) => row.id !== attachment.id);
    delete state.attachmentContents[attachment.id];
  });
}

/** Changes the files of an object, with an entry in its history. */
function changeFiles(
  context: Context,
  actor: Actor,
  { kind, object }: Attachment,
  change: () => void,
): void {
  const { state } = context;
  const item = mustFind<{ id: number }>(rowsOf(state, kind), object);
  const subject = { kind, item } as Recorded;
  const before = takeSnapshot(state, subject);
  change();
  recordChange(context, subject, { before, author: mustBeUser(actor), comment: "" });
}

/** @throws {ApiError} 401 or 403, also for a missing file; 404 for superusers. */
function findForWrite(
  state: State,
  actor: Actor,
  { kind, id }: { kind: ObjectKind; id: number | undefined },
): Attachment {
  const attachment = findById(state.attachments, id);
  if (attachment === undefined || attachment.kind !== kind) {
    throw actor?.is_superuser === true ? notFound("Attachment") : refusal(actor);
  }
  const project = projectOf(state, attachment);
  const isOwn = actor !== null && attachment.owner === actor.id;
  const permissions = permissionsIn(state, actor, project);
  if (!isOwn && !permissions.has(permissionFor("modify", kind))) throw refusal(actor);
  return attachment;
}
