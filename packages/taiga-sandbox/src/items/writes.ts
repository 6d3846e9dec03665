import { mayEdit, permissionFor, permissionsIn, refusal, type Actor } from "../model/access.ts";
import { toTimestamp, type Context } from "../model/context.ts";
import { blockedElement, invalidFields, notFound, permissionDenied } from "../model/errors.ts";
import type { Body, Tag } from "../http/fields.ts";
import { listEntries } from "../history/history.ts";
import { findMentions } from "../model/markup.ts";
import { KINDS, rowsOf, type ObjectRows } from "../model/kinds.ts";
import { verifyVersion } from "./occ.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Item, ObjectKind, Project, State, User } from "../model/state.ts";

/** What every object that can be edited has. */
interface Versioned {
  id: number;
  version: number;
  modified_date: string;
}

interface Watched {
  project: number;
  watchers: number[];
}

/** Whether an archived project refuses, too; bulk creation is let through, as in Taiga. */
export type Strictness = "archived too" | "blocked only";

/** @throws {ApiError} 451 in a blocked project, 403 in an archived one. */
export function verifyWritable(project: Project, strictness: Strictness = "archived too"): void {
  if (project.blocked_code !== null) throw blockedElement();
  if (strictness === "archived too" && project.archived_code !== null) {
    throw permissionDenied("Archived element");
  }
}

/**
 * The caller as a user. Only for places behind a permission that anonymous callers never have.
 *
 * @throws {ApiError} 401 without credentials.
 */
export function mustBeUser(actor: Actor): User {
  if (actor === null) throw refusal(actor);
  return actor;
}

/** @throws {ApiError} 401 or 403 unless the caller may do this, in this project. */
export function verifyPermission(
  state: State,
  actor: Actor,
  project: Project,
  permission: string,
): User {
  if (!permissionsIn(state, actor, project).has(permission)) throw refusal(actor);
  return mustBeUser(actor);
}

/**
 * The item or wiki page that a PATCH or DELETE is about. A missing one is 403 like a forbidden one, so that
 * nobody learns which ids exist; only superusers get the 404.
 *
 * @param isAllowed decides by the caller's permissions in the item's project.
 * @throws {ApiError} 401, 403 or 404.
 */
export function findForWrite<Kind extends ObjectKind>(
  state: State,
  actor: Actor,
  target: { kind: Kind; id: number | undefined },
  isAllowed: (permissions: ReadonlySet<string>) => boolean,
): ObjectRows[Kind] {
  const item = findById<ObjectRows[Kind]>(rowsOf(state, target.kind), target.id);
  if (item === undefined) {
    throw actor?.is_superuser === true ? notFound(KINDS[target.kind].model) : refusal(actor);
  }
  const project = mustFind(state.projects, item.project);
  if (!isAllowed(permissionsIn(state, actor, project))) throw refusal(actor);
  return item;
}

/** {@link findForWrite} for an edit with this body. */
export const findForEdit = <Kind extends ObjectKind>(
  state: State,
  actor: Actor,
  target: { kind: Kind; id: number | undefined },
  body: Body,
): ObjectRows[Kind] =>
  findForWrite(state, actor, target, (permissions) =>
    mayEdit(permissions, target.kind, Object.keys(body)),
  );

/** {@link findForWrite} for a deletion. */
export const findForDelete = <Kind extends ObjectKind>(
  state: State,
  actor: Actor,
  target: { kind: Kind; id: number | undefined },
): ObjectRows[Kind] =>
  findForWrite(state, actor, target, (permissions) =>
    permissions.has(permissionFor("delete", target.kind)),
  );

/** @throws {ApiError} 400 when the edit rests on a version that it may not rest on. */
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
 * Moving an item to another project takes it out of one and adds it to the other.
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

/** Not stored yet and without its numbers, which a refused creation must not use up. */
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

/** Gives an item its tags; names that the project did not know are added to it, with colour. */
export function applyTags(project: Project, item: Item, tags: readonly Tag[]): void {
  for (const [name, color] of tags) project.tags_colors[name] ??= color;
  item.tags = tags.map(([name]) => name);
}

/** Members who are mentioned in a text start to watch the item; so does who comments. */
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

/** Marks an edit: a new version, also when nothing changed, and the time. */
export function touch(context: Context, item: Versioned): void {
  item.version += 1;
  item.modified_date = toTimestamp(context.clock());
}

/** One subject a line; blank lines are dropped. */
export const toSubjects = (bulk: unknown): string[] =>
  String(bulk)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

const REQUIRED = ["This field is required."];

/**
 * Checks the envelope of a bulk request.
 *
 * @param required the fields besides `project_id` that must be there and not null.
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
 * The id under a bulk request's field, which has to belong to the project; undefined when left
 * out. Null is no id here.
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
