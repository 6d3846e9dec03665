import {
  findForWrite,
  mayEdit,
  permissionFor,
  verifyPermission,
  verifyWritable,
  type Actor,
} from "../model/access.ts";
import { toTimestamp, type Context } from "../model/context.ts";
import { invalidFields } from "../model/errors.ts";
import type { Body, Tag } from "../http/fields.ts";
import { listEntries } from "../history/history.ts";
import { findMentions } from "../model/markup.ts";
import { KINDS, rowsOf, type ObjectRows } from "../model/kinds.ts";
import { verifyVersion } from "./occ.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Item, ObjectKind, Project, State, User } from "../model/state.ts";

/** Columns of every editable object. */
interface Versioned {
  id: number;
  version: number;
  modified_date: string;
}

interface Watched {
  project: number;
  watchers: number[];
}

interface Target<Kind extends ObjectKind> {
  kind: Kind;
  id: number | undefined;
}

/**
 * The item or wiki page that a PATCH with this body addresses.
 *
 * @throws {ApiError} as {@link findForWrite}.
 */
export const findForEdit = <Kind extends ObjectKind>(
  state: State,
  actor: Actor,
  { kind, id }: Target<Kind>,
  body: Body,
): ObjectRows[Kind] =>
  findForWrite(state, actor, { ...tableOf(state, kind), id }, (permissions) =>
    mayEdit(permissions, kind, Object.keys(body)),
  );

/**
 * The item or wiki page that a DELETE addresses.
 *
 * @throws {ApiError} as {@link findForWrite}.
 */
export const findForDelete = <Kind extends ObjectKind>(
  state: State,
  actor: Actor,
  { kind, id }: Target<Kind>,
): ObjectRows[Kind] =>
  findForWrite(state, actor, { ...tableOf(state, kind), id }, permissionFor("delete", kind));

const tableOf = <Kind extends ObjectKind>(state: State, kind: Kind) => ({
  model: KINDS[kind].model,
  rows: rowsOf(state, kind),
});

/** @throws {ApiError} 400 when the version is missing, unknown or in conflict. */
export function verifyItemVersion(
  state: State,
  kind: ObjectKind,
  item: Versioned,
  edit: { version: number | null | undefined; body: Body },
): void {
  verifyVersion(
    { version: edit.version, keys: Object.keys(edit.body) },
    {
      version: item.version,
      changes: listEntries(state, kind, item.id).map((entry) => Object.keys(entry.diff)),
    },
  );
}

/**
 * Moving an object to another project requires the rights to delete it here and to add it there.
 *
 * @throws {ApiError} unless the caller may do both.
 */
export function verifyMove(
  state: State,
  actor: Actor,
  kind: ObjectKind,
  move: { from: number; to: number },
): void {
  if (move.from === move.to) return;
  const target = mustFind(state.projects, move.to);
  const source = mustFind(state.projects, move.from);
  verifyPermission(state, actor, source, permissionFor("delete", kind));
  verifyPermission(state, actor, target, permissionFor("add", kind));
  verifyWritable(target);
}

/** A new item, not stored. Id and ref are assigned last: a refused creation must not use them up. */
export function newItem(context: Context, project: Project, author: User): Omit<Item, "status"> {
  const now = toTimestamp(context.clock());
  return {
    id: 0,
    ref: 0,
    project: project.id,
    subject: "",
    description: "",
    owner: author.id,
    assigned_to: null,
    tags: [],
    watchers: [],
    version: 1,
    is_blocked: false,
    blocked_note: "",
    external_reference: null,
    created_date: now,
    modified_date: now,
  };
}

/** Sets an item's tags; names new to the project are added to it, with their colour. */
export function applyTags(project: Project, item: Item, tags: readonly Tag[]): void {
  for (const [name, color] of tags) project.tags_colors[name] ??= color;
  item.tags = tags.map(([name]) => name);
}

/** Members mentioned in a text and the commenter start to watch the item. */
export function addWatchers(
  state: State,
  item: Watched,
  texts: readonly string[],
  commenter?: User,
): void {
  const members = new Set(
    state.memberships.filter((row) => row.project === item.project).map((row) => row.user),
  );
  const mentioned = texts
    .flatMap((text) => findMentions(text, state.users))
    .filter((user) => members.has(user.id));
  const added = [...mentioned, ...(commenter ? [commenter] : [])].map((user) => user.id);
  item.watchers = [...new Set([...item.watchers, ...added])].toSorted((a, b) => a - b);
}

/** Records an edit: a new version, even without a change, and the time. */
export function touch(context: Context, item: Versioned): void {
  item.version += 1;
  item.modified_date = toTimestamp(context.clock());
}

/** One subject per line; blank lines are dropped. */
export const toSubjects = (bulk: unknown): string[] =>
  String(bulk)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

const REQUIRED = ["This field is required."];

/**
 * Checks the envelope of a bulk request.
 *
 * @param required the fields besides `project_id` that must be present and not null.
 * @throws {ApiError} 400 with a message under each field.
 */
export function readBulk(state: State, body: Body, required: readonly string[]): Project {
  const missing = ["project_id", ...required].filter(
    (name) => body[name] === undefined || body[name] === null || body[name] === "",
  );
  if (missing.length > 0) {
    throw invalidFields(Object.fromEntries(missing.map((name) => [name, REQUIRED])));
  }
  const project = findById(state.projects, Number(body["project_id"]));
  if (project === undefined) {
    throw invalidFields({ project_id: ["There's no project with that id"] });
  }
  return project;
}

/**
 * The id in a bulk request's field, which must belong to the project; undefined when omitted.
 * Null is not a valid id here.
 *
 * @throws {ApiError} 400 with the message under the field.
 */
export function readOwnId(
  body: Body,
  field: string,
  own: { rows: readonly { id: number; project: number }[]; project: Project; message: string },
): number | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  const row = own.rows.find((candidate) => value !== null && candidate.id === Number(value));
  if (row?.project !== own.project.id) throw invalidFields({ [field]: [own.message] });
  return row.id;
}
