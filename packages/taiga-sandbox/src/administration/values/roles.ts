import type { Request } from "express";
import { queryText, toId, type Endpoint } from "../../http/endpoint.ts";
import * as field from "../../http/fields.ts";
import { resourceRoutes } from "../../http/resource.ts";
import {
  findForWrite,
  MEMBER_PERMISSIONS,
  verifyPermission,
  verifyWritable,
  type Actor,
} from "../../model/access.ts";
import type { Context } from "../../model/context.ts";
import { invalidFields, notFound } from "../../model/errors.ts";
import { allocateId, findById, mustFind, ownRows } from "../../model/rows.ts";
import { toUniqueSlug } from "../../model/slugs.ts";
import type { Project, Role, State } from "../../model/state.ts";
import { toRole } from "../../projects/value-views.ts";

const MODEL = "Role";
const ADMIN = "admin_roles";

const spec = (state: State) => ({
  name: field.text(200),
  project: field.reference(state.projects),
  order: field.position,
  computable: field.flag,
  permissions: field.choices(MEMBER_PERMISSIONS),
});

/** `/roles`; there is no bulk order. */
export function roleRoutes({ state }: Context): Record<string, Endpoint> {
  return resourceRoutes<Role>(state, {
    path: "/roles",
    model: MODEL,
    permission: "view_project",
    rows: () => state.roles,
    toView: (row) => toRole(state, row),
    create: (actor, body) => createRole(state, actor, body),
    edit: (actor, id, body) => editRole(state, actor, id, body),
    remove: (actor, id, req) => deleteRole(state, actor, id, req),
  });
}

/** @throws {ApiError} as Taiga answers. A name may be used twice. */
function createRole(state: State, actor: Actor, body: field.Body): Role {
  const values = field.readFields(body, spec(state), { required: ["name"], isEdit: false });
  if (values.project === undefined) {
    throw invalidFields({ project: ["This field cannot be blank."] });
  }
  const project = mustFind(state.projects, values.project);
  verifyPermission(state, actor, project, ADMIN);
  verifyWritable(project);
  const taken = new Set(ownRows(state.roles, project).map((row) => row.slug));
  const role: Role = {
    id: allocateId(state, "roles"),
    name: values.name!,
    slug: toUniqueSlug(values.name!, taken),
    project: project.id,
    order: values.order ?? 10,
    computable: values.computable ?? true,
    permissions: values.permissions === undefined ? [] : values.permissions,
  };
  state.roles.push(role);
  alignPoints(state, project);
  return role;
}

/** @throws {ApiError} as Taiga answers. The slug stays. */
function editRole(state: State, actor: Actor, id: number | undefined, body: field.Body): Role {
  const role = findForWrite(state, actor, { model: MODEL, rows: state.roles, id }, ADMIN);
  const required = ["name", "project"];
  const values = field.readFields(body, spec(state), { required, isEdit: true });
  const project = mustFind(state.projects, role.project);
  verifyWritable(project);
  Object.assign(role, values);
  alignPoints(state, project);
  if (role.project !== project.id) alignPoints(state, mustFind(state.projects, role.project));
  return role;
}

/**
 * `DELETE /roles/{id}?moveTo={id}`. Without moveTo the memberships go with the role, the owner's too.
 *
 * @throws {ApiError} as Taiga answers.
 * @throws {Error} for a computable role in use without moveTo: Taiga fails with a 500 there.
 */
function deleteRole(state: State, actor: Actor, id: number | undefined, req: Request): void {
  const role = findForWrite(state, actor, { model: MODEL, rows: state.roles, id }, ADMIN);
  const project = mustFind(state.projects, role.project);
  verifyWritable(project);
  const members = [...state.memberships, ...state.invitations].filter(
    (row) => row.role === role.id,
  );
  const moveTo = queryText(req, "moveTo");
  if (moveTo !== undefined) {
    const heir = findById(ownRows(state.roles, project), toId(moveTo));
    if (heir === undefined || heir.id === role.id) throw notFound(MODEL);
    for (const member of members) member.role = heir.id;
  } else if (role.computable && members.length > 0) {
    throw new Error(`The role ${role.name} is in use.`);
  } else {
    state.memberships = state.memberships.filter((row) => row.role !== role.id);
    state.invitations = state.invitations.filter((row) => row.role !== role.id);
  }
  state.roles = state.roles.filter((row) => row !== role);
  alignPoints(state, project);
}

/** Every story has points of each computable role, and of no other. */
function alignPoints(state: State, project: Project): void {
  const roles = ownRows(state.roles, project).filter((role) => role.computable);
  const none = ownRows(state.points, project).find((row) => row.value === null)?.id;
  for (const story of ownRows(state.userstories, project)) {
    story.points = Object.fromEntries(
      roles.map(({ id }) => [id, story.points[id] ?? none ?? project.defaults.points]),
    );
  }
}
