import {
  blockedElement,
  notAuthenticated,
  notFound,
  permissionDenied,
  type ApiError,
} from "./errors.ts";
import { findById, mustFind } from "./rows.ts";
import type { Membership, ObjectKind, Project, Role, State, User } from "./state.ts";

/** The caller: a user, or null for a request without credentials. */
export type Actor = User | null;

/** Permissions of everyone in a public project. */
export const VIEW_PERMISSIONS = [
  "view_project",
  "view_milestones",
  "view_epics",
  "view_us",
  "view_tasks",
  "view_issues",
  "view_wiki_pages",
  "view_wiki_links",
] as const;

/** All permissions that a role can have. */
export const MEMBER_PERMISSIONS: readonly string[] = [
  ...VIEW_PERMISSIONS,
  "add_milestone",
  "modify_milestone",
  "delete_milestone",
  "add_epic",
  "modify_epic",
  "comment_epic",
  "delete_epic",
  "add_us",
  "modify_us",
  "comment_us",
  "delete_us",
  "add_task",
  "modify_task",
  "comment_task",
  "delete_task",
  "add_issue",
  "modify_issue",
  "comment_issue",
  "delete_issue",
  "add_wiki_page",
  "modify_wiki_page",
  "comment_wiki_page",
  "delete_wiki_page",
  "add_wiki_link",
  "modify_wiki_link",
  "delete_wiki_link",
];

/** Permissions of project administrators only; roles cannot grant these. */
export const ADMIN_PERMISSIONS = [
  "modify_project",
  "delete_project",
  "add_member",
  "remove_member",
  "admin_project_values",
  "admin_roles",
];

export type Action = "view" | "add" | "modify" | "comment" | "delete";

const SUFFIX: Record<ObjectKind, string> = {
  epic: "epic",
  userstory: "us",
  task: "task",
  issue: "issue",
  wiki: "wiki_page",
};

/** Codename of an action on a kind of object, such as `modify_us` or `view_tasks`. */
export function permissionFor(action: Action, kind: ObjectKind): string {
  const suffix = SUFFIX[kind];
  return action === "view" && kind !== "userstory" ? `view_${suffix}s` : `${action}_${suffix}`;
}

export interface Standing {
  actor: Actor;
  project: Pick<Project, "anon_permissions" | "public_permissions">;
  membership: Pick<Membership, "is_admin"> | undefined;
  role: Pick<Role, "permissions"> | undefined;
}

/**
 * The effective permissions of the caller in a project: superusers and project administrators have
 * all of them, members those of their role, and everyone the project's public and anonymous ones.
 */
export function effectivePermissions({ actor, project, membership, role }: Standing): Set<string> {
  if (actor === null) return new Set(project.anon_permissions);
  if (actor.is_superuser || membership?.is_admin === true) {
    return new Set([...MEMBER_PERMISSIONS, ...ADMIN_PERMISSIONS]);
  }
  return new Set([
    ...(role?.permissions ?? []),
    ...project.public_permissions,
    ...project.anon_permissions,
  ]);
}

export const findMembership = (
  state: State,
  actor: Actor,
  project: Project,
): Membership | undefined =>
  state.memberships.find((row) => row.project === project.id && row.user === actor?.id);

/** The effective permissions, with the membership and the role looked up. */
export function permissionsIn(state: State, actor: Actor, project: Project): Set<string> {
  const membership = findMembership(state, actor, project);
  const role = state.roles.find((row) => row.id === membership?.role);
  return effectivePermissions({ actor, project, membership, role });
}

export const isAllowed = (
  state: State,
  actor: Actor,
  project: Project,
  permission: string,
): boolean => permissionsIn(state, actor, project).has(permission);

/** The refusal for the caller: 401 without credentials, otherwise 403. */
export const refusal = (actor: Actor): ApiError =>
  actor === null ? notAuthenticated() : permissionDenied();

/**
 * Whether an edit of an item or a wiki page is allowed: a PATCH of exactly `comment` needs the right to comment
 * or to modify, every other one the right to modify.
 *
 * @param keys the request's fields; `version` does not count.
 */
export function mayEdit(
  permissions: ReadonlySet<string>,
  kind: ObjectKind,
  keys: readonly string[],
): boolean {
  if (permissions.has(permissionFor("modify", kind))) return true;
  const edited = keys.filter((key) => key !== "version");
  const isCommentAlone = edited.length === 1 && edited[0] === "comment";
  return isCommentAlone && permissions.has(permissionFor("comment", kind));
}

/** Whether an archived project refuses, too; as in Taiga, bulk creation is allowed. */
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
 * The row that a PATCH or DELETE addresses. A missing one is 403 like a forbidden one, so that the
 * answer does not reveal which ids exist; only superusers get 404.
 *
 * @param isAllowed the permission in the row's project, or a check of the caller's permissions.
 * @throws {ApiError} 401, 403 or 404.
 */
export function findForWrite<Row extends { id: number; project: number }>(
  state: State,
  actor: Actor,
  { model, rows, id }: { model: string; rows: readonly Row[]; id: number | undefined },
  isAllowed: string | ((permissions: ReadonlySet<string>) => boolean),
): Row {
  const row = findById(rows, id);
  if (row === undefined) throw actor?.is_superuser === true ? notFound(model) : refusal(actor);
  const permissions = permissionsIn(state, actor, mustFind(state.projects, row.project));
  const isGood =
    typeof isAllowed === "string" ? permissions.has(isAllowed) : isAllowed(permissions);
  if (!isGood) throw refusal(actor);
  return row;
}
