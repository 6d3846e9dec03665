import { findMembership, isAllowed, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { group, queryText, toId, type Endpoint } from "../http/endpoint.ts";
import { notAuthenticated, notFound } from "../model/errors.ts";
import { toBody } from "../http/fields.ts";
import { readProjectId } from "../http/filters.ts";
import { toPage } from "../http/pagination.ts";
import { findById } from "../model/rows.ts";
import type { Project, State, User } from "../model/state.ts";
import { userActivityRoutes } from "./user-activity.ts";
import { toOwnUser, toPublicUser } from "./user-views.ts";
import { editUser } from "./user-writes.ts";

/** `/users`, `/users/me`, `/users/by_username` and `/users/{id}`. */
export function userRoutes(context: Context): Record<string, Endpoint> {
  const { state } = context;
  const toView = (user: User, actor: Actor) =>
    actor?.id === user.id || actor?.is_superuser === true
      ? { ...toOwnUser(state, user), ...toPublicUser(state, user) }
      : toPublicUser(state, user);
  const isVisible = (user: User, actor: Actor): boolean =>
    user.is_active || actor?.is_superuser === true;
  const toVisible = (user: User | undefined, actor: Actor) => {
    if (user === undefined || !isVisible(user, actor)) throw notFound("User");
    return toView(user, actor);
  };
  return group("Users", {
    "/users": {
      GET: (req, actor) => {
        const users = listUsers(state, actor, readProjectId(req));
        return toPage(req, users, (user) => toPublicUser(state, user));
      },
    },
    "/users/me": {
      GET: (_req, actor) => {
        if (actor === null) throw notAuthenticated();
        return toOwnUser(state, actor);
      },
    },
    "/users/by_username": {
      GET: (req, actor) => {
        const username = queryText(req, "username");
        return toVisible(
          state.users.find((row) => row.username === username),
          actor,
        );
      },
    },
    "/users/:id": {
      GET: (req, actor) => toVisible(findById(state.users, toId(req.params["id"])), actor),
      PATCH: (req, actor) =>
        toOwnUser(state, editUser(state, actor, toId(req.params["id"]), toBody(req.body))),
    },
    ...userActivityRoutes(context),
  });
}

/**
 * Active users: all of them for a superuser, otherwise those who share a project with the
 * caller. With a project, members of it find all its members; outsiders find only themselves.
 */
function listUsers(state: State, actor: Actor, projectId: number | undefined): User[] {
  const active = state.users.filter((user) => user.is_active).toSorted(byName);
  if (projectId === undefined) {
    if (actor?.is_superuser === true) return active;
    return active.filter((user) => user.id === actor?.id || sharesProject(state, user, actor));
  }
  const project = findById(state.projects, projectId);
  if (project === undefined) throw notFound();
  if (!isAllowed(state, actor, project, "view_project")) return [];
  if (actor?.is_superuser === true) return active;
  const isMember = findMembership(state, actor, project) !== undefined;
  return active.filter(
    (user) => user.id === actor?.id || (isMember && findMembership(state, user, project)),
  );
}

const byName = (a: User, b: User): number =>
  a.full_name.localeCompare(b.full_name, "en") || a.id - b.id;

function sharesProject(state: State, user: User, actor: Actor): boolean {
  const isShared = (project: Project): boolean =>
    findMembership(state, user, project) !== undefined &&
    (findMembership(state, actor, project) !== undefined ||
      (actor === null
        ? project.anon_permissions.includes("view_project")
        : project.public_permissions.includes("view_project")));
  return state.projects.some(isShared);
}
