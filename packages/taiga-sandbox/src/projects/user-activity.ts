import type { Request } from "express";
import { queryText, toId, type Handlers } from "../http/endpoint.ts";
import { toPage } from "../http/pagination.ts";
import { findMembership, isAllowed, permissionFor, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { notFound } from "../model/errors.ts";
import { ITEM_KINDS, rowsOf, statusesOf, votersOf } from "../model/kinds.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Item, ItemKind, Project, State, User } from "../model/state.ts";
import { levelOf, listWatchers, NO_NOTICES } from "./notify-policies.ts";
import { toPublicUser, toUserExtraInfo } from "./user-views.ts";

/** What is known about a user besides the account; everyone sees the part that they may see. */
export function userActivityRoutes({ state }: Context): Record<string, Handlers> {
  const about = (toAnswer: (user: User, actor: Actor, req: Request) => unknown): Handlers => ({
    GET: (req, actor) => {
      const user = findById(state.users, toId(req.params["id"]));
      if (user === undefined) throw notFound("User");
      return toAnswer(user, actor, req);
    },
  });
  const favourites = (list: (user: User, actor: Actor) => Favourite[]): Handlers =>
    about((user, actor, req) => {
      const type = queryText(req, "type");
      const words = queryText(req, "q")?.toLowerCase() ?? "";
      const rows = list(user, actor).filter(
        (row) =>
          (!type || row.type === type) &&
          (row.name ?? row.subject ?? "").toLowerCase().includes(words),
      );
      return toPage(req, rows);
    });
  return {
    "/users/:id/stats": about((user, actor) => toStats(state, user, actor)),
    "/users/:id/contacts": about((user, actor, req) => listContacts(state, user, actor, req)),
    "/users/:id/watched": favourites((user, actor) => listWatched(state, user, actor)),
    "/users/:id/voted": favourites((user, actor) => listVoted(state, user, actor)),
    "/users/:id/liked": favourites((user, actor) => listLiked(state, user, actor)),
  };
}

/** The projects of a user that the caller may see. */
const sharedProjects = (state: State, user: User, actor: Actor): Project[] =>
  state.projects.filter(
    (project) =>
      findMembership(state, user, project) !== undefined &&
      isAllowed(state, actor, project, "view_project"),
  );

function contactsOf(state: State, user: User, projects: readonly Project[]): User[] {
  const ids = new Set(projects.map((project) => project.id));
  const people = state.memberships.filter((row) => ids.has(row.project)).map((row) => row.user);
  return [...new Set(people)]
    .filter((id) => id !== user.id)
    .map((id) => mustFind(state.users, id))
    .filter((row) => row.is_active)
    .toSorted((a, b) => a.full_name.localeCompare(b.full_name, "en"));
}

function toStats(state: State, user: User, actor: Actor) {
  const projects = sharedProjects(state, user, actor);
  const ids = new Set(projects.map((project) => project.id));
  const roles = projects.map(
    (project) => mustFind(state.roles, findMembership(state, user, project)!.role).name,
  );
  return {
    total_num_projects: projects.length,
    roles: [...new Set(roles)],
    total_num_contacts: contactsOf(state, user, projects).length,
    total_num_closed_userstories: state.userstories.filter(
      (story) => ids.has(story.project) && story.is_closed && story.assigned_to === user.id,
    ).length,
  };
}

function listContacts(state: State, user: User, actor: Actor, req: Request): unknown[] {
  const words = queryText(req, "q")?.toLowerCase() ?? "";
  const excluded = findById(state.projects, toId(queryText(req, "exclude_project")));
  const contacts = contactsOf(state, user, sharedProjects(state, user, actor)).filter(
    (row) =>
      `${row.username} ${row.full_name}`.toLowerCase().includes(words) &&
      (excluded === undefined || findMembership(state, row, excluded) === undefined),
  );
  return toPage(req, contacts, (row) => toPublicUser(state, row));
}

type Favourite = ReturnType<typeof toItemFavourite> | ReturnType<typeof toProjectFavourite>;

const listWatched = (state: State, user: User, actor: Actor): Favourite[] => [
  ...listItems(state, actor, (_kind, item) => item.watchers.includes(user.id)),
  ...state.projects
    .filter((project) => isAllowed(state, actor, project, "view_project"))
    .filter((project) => (levelOf(state, project, user) ?? NO_NOTICES) !== NO_NOTICES)
    .map((project) => toProjectFavourite(state, project, actor)),
];

const listVoted = (state: State, user: User, actor: Actor): Favourite[] =>
  listItems(state, actor, (kind, item) => votersOf(state, kind, item.id).includes(user.id));

const listLiked = (state: State, user: User, actor: Actor): Favourite[] =>
  state.fans
    .filter((row) => row.user === user.id)
    .map((row) => mustFind(state.projects, row.project))
    .filter((project) => isAllowed(state, actor, project, "view_project"))
    .map((project) => toProjectFavourite(state, project, actor));

/** The items of all kinds that count and that the caller may see, newest first. */
function listItems(
  state: State,
  actor: Actor,
  counts: (kind: ItemKind, item: Item) => boolean,
): Favourite[] {
  return ITEM_KINDS.flatMap((kind) =>
    (rowsOf(state, kind) as Item[])
      .filter((item) => counts(kind, item))
      .filter((item) => {
        const project = mustFind(state.projects, item.project);
        return isAllowed(state, actor, project, permissionFor("view", kind));
      })
      .map((item) => toItemFavourite(state, kind, item, actor)),
  ).toSorted((a, b) => b.created_date.localeCompare(a.created_date));
}

function toItemFavourite(state: State, kind: ItemKind, item: Item, actor: Actor) {
  const project = mustFind(state.projects, item.project);
  const status = mustFind(statusesOf(state, kind), item.status);
  const voters = votersOf(state, kind, item.id);
  return {
    type: kind,
    id: item.id,
    ref: item.ref,
    slug: null,
    name: null,
    subject: item.subject,
    description: null,
    assigned_to: item.assigned_to,
    status: status.name,
    status_color: status.color,
    tags_colors: item.tags.map((name) => ({ name, color: project.tags_colors[name] ?? null })),
    created_date: item.created_date,
    is_private: null,
    logo_small_url: null,
    project: project.id,
    project_name: project.name,
    project_slug: project.slug,
    project_is_private: project.is_private,
    project_blocked_code: project.blocked_code,
    assigned_to_extra_info: toUserExtraInfo(state, item.assigned_to),
    is_watcher: actor !== null && item.watchers.includes(actor.id),
    total_watchers: item.watchers.length,
    is_voter: actor !== null && voters.includes(actor.id),
    total_voters: voters.length,
  };
}

function toProjectFavourite(state: State, project: Project, actor: Actor) {
  const fans = state.fans.filter((row) => row.project === project.id);
  return {
    type: "project" as const,
    id: project.id,
    ref: null,
    slug: project.slug,
    name: project.name,
    subject: null,
    description: project.description,
    assigned_to: null,
    status: null,
    status_color: null,
    tags_colors: [],
    created_date: project.created_date,
    is_private: project.is_private,
    logo_small_url: project.logo,
    project: null,
    project_name: null,
    project_slug: null,
    project_is_private: null,
    project_blocked_code: null,
    assigned_to_extra_info: null,
    is_watcher: (levelOf(state, project, actor) ?? NO_NOTICES) !== NO_NOTICES,
    total_watchers: listWatchers(state, project).length,
    is_fan: fans.some((row) => row.user === actor?.id),
    total_fans: fans.length,
  };
}
