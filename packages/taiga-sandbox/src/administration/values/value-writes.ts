import type { Request } from "express";
import * as field from "../../http/fields.ts";
import { queryText, toId } from "../../http/endpoint.ts";
import { settleStatus } from "./settle-status.ts";
import { findForWrite, verifyPermission, verifyWritable, type Actor } from "../../model/access.ts";
import type { Context } from "../../model/context.ts";
import { badRequest, invalidFields, notFound } from "../../model/errors.ts";
import { allocateId, findById, mustFind, ownRows } from "../../model/rows.ts";
import { toUniqueSlug } from "../../model/slugs.ts";
import type { State } from "../../model/state.ts";
import type { Value, ValueList } from "./value-lists.ts";

/** The right to change a project's configuration; only administrators have it. */
export const ADMIN = "admin_project_values";

export const REQUIRED = ["project", "name"];

export const NAMED = { isEdit: false, required: REQUIRED };

const rowsOf = (state: State, list: ValueList): Value[] => state[list.table] as Value[];

const readValue = (
  state: State,
  list: ValueList,
  body: field.Body,
  isEdit: boolean,
): Record<string, unknown> =>
  field.readFields(
    body,
    { project: field.reference(state.projects), name: field.text(255), ...list.fields },
    { required: REQUIRED, isEdit },
  );

/**
 * `POST /{list}`.
 *
 * @throws {ApiError} as Taiga answers: refused fields first, then rights.
 */
export function createValue(
  context: Context,
  list: ValueList,
  actor: Actor,
  body: field.Body,
): Value {
  const { state } = context;
  const columns = readValue(state, list, body, false);
  const value = { id: 0, ...list.defaults, ...columns } as unknown as Value;
  verifyFreeName(state, list, value);
  const project = mustFind(state.projects, value.project);
  verifyPermission(state, actor, project, ADMIN);
  verifyWritable(project);
  setSlug(state, list, value);
  value.id = allocateId(state, list.table);
  rowsOf(state, list).push(value);
  if (list.table === "storyStatuses") addCells(state, value);
  return value;
}

/**
 * `PATCH /{list}/{id}`.
 *
 * @throws {ApiError} as Taiga answers: rights first, then refused fields.
 */
export function editValue(
  context: Context,
  list: ValueList,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): Value {
  const { state } = context;
  const value = findForWrite(
    state,
    actor,
    { model: list.model, rows: rowsOf(state, list), id },
    ADMIN,
  );
  const edited = { ...value, ...readValue(state, list, body, true) };
  verifyFreeName(state, list, edited);
  verifyWritable(mustFind(state.projects, value.project));
  const wasClosed = value.is_closed;
  Object.assign(value, edited);
  setSlug(state, list, value);
  if (wasClosed !== value.is_closed) settleStatus(context, list, value);
  return value;
}

/**
 * `DELETE /{list}/{id}?moveTo={id}`. The other value may belong to another project, as in Taiga;
 * it becomes the project's default in place of a deleted default.
 *
 * @throws {ApiError} 400 without moveTo, 404 for an unknown one, then 401 or 403.
 * @throws {Error} for an unknown value: Taiga fails with a 500 there.
 */
export function deleteValue(
  { state }: Context,
  list: ValueList,
  actor: Actor,
  id: number | undefined,
  req: Request,
): void {
  const moveTo = queryText(req, "moveTo");
  if (moveTo === undefined) throw badRequest("Query param 'moveTo' is required");
  const rows = rowsOf(state, list);
  const target = findById(rows, toId(moveTo));
  if (target === undefined) throw notFound(list.model);
  const value = findById(rows, id);
  if (value === undefined) throw new Error(`There is no ${list.model} ${id}.`);
  const project = mustFind(state.projects, value.project);
  verifyPermission(state, actor, project, ADMIN);
  verifyWritable(project);
  // Taiga sets the column to null when a value moves to itself; here another value takes its place.
  const heir = target === value ? ownRows(rows, project).find((row) => row !== value) : target;
  if (heir === undefined) throw badRequest("The last value cannot be deleted");
  list.move(state, value.id, heir.id);
  if (project.defaults[list.defaultField] === value.id)
    project.defaults[list.defaultField] = heir.id;
  (state[list.table] as Value[]) = rows.filter((row) => row !== value);
  if (list.table === "storyStatuses") removeCells(state, value.id);
}

/** @throws {ApiError} 400 when another value of the list has the name, compared with case. */
function verifyFreeName(state: State, list: ValueList, value: Value): void {
  const isTaken = rowsOf(state, list).some(
    (row) => row.id !== value.id && row.project === value.project && row.name === value.name,
  );
  if (isTaken) throw invalidFields({ name: ["Duplicated name"] });
}

function setSlug(state: State, list: ValueList, value: Value): void {
  if (!list.hasSlug) return;
  const others = rowsOf(state, list).filter(
    (row) => row.project === value.project && row.id !== value.id,
  );
  value.slug = toUniqueSlug(value.name, new Set(others.map((row) => row.slug!)));
}

/** A new story status is a new column in every swimlane. */
function addCells(state: State, status: Value): void {
  for (const swimlane of state.swimlanes.filter((row) => row.project === status.project)) {
    const id = allocateId(state, "swimlaneStatuses");
    swimlane.statuses.push({ id, status: status.id, wip_limit: null });
  }
}

function removeCells(state: State, status: number): void {
  for (const swimlane of state.swimlanes) {
    swimlane.statuses = swimlane.statuses.filter((cell) => cell.status !== status);
  }
}
