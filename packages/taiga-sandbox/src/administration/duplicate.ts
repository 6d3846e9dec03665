import type { Handler } from "../http/endpoint.ts";
import * as field from "../http/fields.ts";
import { mustBeUser, VIEW_PERMISSIONS } from "../model/access.ts";
import { toTimestamp, type Context } from "../model/context.ts";
import { invalidFields, notFound } from "../model/errors.ts";
import { allocateId, findById, ownRows } from "../model/rows.ts";
import type { Project, State } from "../model/state.ts";
import { findVisible } from "./project-action.ts";
import { toProjectDetail } from "../projects/project-views.ts";
import { joinAsOwner, toFreeSlug } from "./project-writes.ts";

/** The tables with values that a copy gets, and the default of each in the project. */
const VALUES = [
  ["epicStatuses", "epic_status"],
  ["storyStatuses", "us_status"],
  ["taskStatuses", "task_status"],
  ["issueStatuses", "issue_status"],
  ["issueTypes", "issue_type"],
  ["points", "points"],
  ["priorities", "priority"],
  ["severities", "severity"],
  ["storyDueDates", null],
  ["taskDueDates", null],
  ["issueDueDates", null],
] as const;

const FOR_ADMINISTRATORS = new Set([
  "is_private_extra_info",
  "max_memberships",
  "transfer_token",
  "epics_csv_uuid",
  "userstories_csv_uuid",
  "tasks_csv_uuid",
  "issues_csv_uuid",
]);

/**
 * `POST /projects/{id}/duplicate`: a new project with the same values, roles and custom fields, and
 * without items. Everyone who sees a project may do it, and owns the copy; the members in `users`
 * keep their role.
 *
 * @throws {ApiError} as Taiga answers. After a 404 for somebody who is no member, the copy remains.
 */
export const createDuplication =
  (context: Context): Handler =>
  (req, actor, res) => {
    const { state } = context;
    const owner = mustBeUser(actor);
    const source = findVisible(state, actor, req);
    const body = field.toBody(req.body);
    const { values, users } = readRequest(body);
    const now = toTimestamp(context.clock());
    const copy: Project = {
      ...structuredClone(source),
      id: allocateId(state, "projects"),
      name: values.name!,
      slug: toFreeSlug(state, values.name!),
      description: values.description!,
      is_private: values.is_private!,
      owner: owner.id,
      created_date: now,
      modified_date: now,
      csv_uuids: { epics: null, userstories: null, tasks: null, issues: null },
      transfer: null,
      modules: {},
      logo: null,
      last_ref: 0,
    };
    const permissions = copy.is_private ? [] : [...VIEW_PERMISSIONS];
    Object.assign(copy, { anon_permissions: permissions, public_permissions: permissions });
    state.projects.push(copy);
    copyValues(state, source, copy);
    const roles = copyRoles(state, source, copy);
    const own = ownRows(state.memberships, source).find((row) => row.user === owner.id);
    const ownRole = own && findById(state.roles, roles.get(own.role));
    joinAsOwner(context, copy, owner, ownRole);
    for (const id of users) copyMember(context, source, copy, { id, roles, owner: owner.id });
    res.status(201);
    // The answer lacks what only administrators see.
    const detail: Record<string, unknown> = toProjectDetail(state, copy, actor);
    return Object.fromEntries(
      Object.entries(detail).filter(([name]) => !FOR_ADMINISTRATORS.has(name)),
    );
  };

function readRequest(body: field.Body) {
  const spec = { name: field.text(250), description: field.text(), is_private: field.flag };
  const required = ["name", "description"];
  const values = field.readFields(body, spec, { required, isEdit: false });
  if (values.is_private === undefined) {
    throw invalidFields({ is_private: ["This field is required."] });
  }
  const sent: unknown[] = Array.isArray(body["users"]) ? body["users"] : [];
  const ids = sent.map((entry) => (entry as { id?: unknown } | null)?.id);
  if (ids.some((id) => id === undefined)) {
    const errors = ids.map((id) => (id === undefined ? { id: ["This field is required."] } : {}));
    throw invalidFields({ users: errors });
  }
  return { values, users: ids.map(Number) };
}

function copyValues(state: State, source: Project, copy: Project): void {
  for (const [table, key] of VALUES) {
    const rows = ownRows<{ id: number; project: number }>(state[table], source);
    for (const row of rows) {
      const id = allocateId(state, table);
      (state[table] as object[]).push({ ...structuredClone(row), id, project: copy.id });
      if (key !== null && source.defaults[key] === row.id) copy.defaults[key] = id;
    }
  }
  copy.defaults.swimlane = null;
  for (const attribute of ownRows(state.customAttributes, source)) {
    const id = allocateId(state, `customAttributes.${attribute.kind}`);
    state.customAttributes.push({ ...structuredClone(attribute), id, project: copy.id });
  }
}

/** @returns the new ids by the old ones. */
function copyRoles(state: State, source: Project, copy: Project): Map<number, number> {
  const ids = new Map<number, number>();
  for (const role of ownRows(state.roles, source)) {
    const id = allocateId(state, "roles");
    ids.set(role.id, id);
    state.roles.push({ ...structuredClone(role), id, project: copy.id });
  }
  return ids;
}

/** @throws {ApiError} 404 for somebody who is not a member of the source. */
function copyMember(
  { state, clock }: Context,
  source: Project,
  copy: Project,
  { id, roles, owner }: { id: number; roles: ReadonlyMap<number, number>; owner: number },
): void {
  const membership = ownRows(state.memberships, source).find((row) => row.user === id);
  if (membership === undefined) throw notFound("Membership");
  if (id === owner) return;
  state.memberships.push({
    ...membership,
    id: allocateId(state, "memberships"),
    project: copy.id,
    role: roles.get(membership.role)!,
    invited_by: null,
    created_at: toTimestamp(clock()),
  });
}
