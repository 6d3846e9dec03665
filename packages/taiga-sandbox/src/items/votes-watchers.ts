import type { Request } from "express";
import {
  isAllowed,
  permissionFor,
  refusal,
  type Actor,
  mustBeUser,
  verifyWritable,
} from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { group, toId, type Endpoint, type Handler } from "../http/endpoint.ts";
import { notFound } from "../model/errors.ts";
import { ITEM_KINDS, KINDS, OBJECT_KINDS, rowsOf, votersOf } from "../model/kinds.ts";
import { toPage } from "../http/pagination.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { ItemKind, ObjectKind, State, User } from "../model/state.ts";

/** Votes on items; watching items, wiki pages and sprints. Both require the right to see the object. */
export function voteAndWatchRoutes({ state }: Context): Record<string, Endpoint> {
  return Object.assign(
    {},
    ...ITEM_KINDS.map((kind) => voteRoutes(state, kind)),
    ...OBJECT_KINDS.map((kind) => watchRoutes(state, kind)),
    watchRoutes(state, "milestone"),
  );
}

interface Watched {
  id: number;
  project: number;
  watchers: number[];
}

/** What can be watched. */
type WatchedKind = ObjectKind | "milestone";

const NAMES = { ...KINDS, milestone: { path: "milestones", model: "Milestone" } } as const;

const watchedRows = (state: State, kind: WatchedKind): Watched[] =>
  kind === "milestone" ? state.milestones : rowsOf(state, kind);

function voteRoutes(state: State, kind: ItemKind): Record<string, Endpoint> {
  const withdraw = (item: Watched, user: User): void => {
    state.votes = state.votes.filter(
      (vote) => vote.kind !== kind || vote.object !== item.id || vote.user !== user.id,
    );
  };
  return {
    ...action(state, kind, "upvote", (item, user) => {
      withdraw(item, user);
      state.votes.push({ kind, object: item.id, user: user.id });
    }),
    ...action(state, kind, "downvote", withdraw),
    ...people(state, kind, "voters", (item) => votersOf(state, kind, item.id)),
  };
}

function watchRoutes(state: State, kind: WatchedKind): Record<string, Endpoint> {
  return {
    ...action(state, kind, "watch", (item, user) => {
      item.watchers = [...new Set([...item.watchers, user.id])].toSorted((a, b) => a - b);
    }),
    ...action(state, kind, "unwatch", (item, user) => {
      item.watchers = item.watchers.filter((id) => id !== user.id);
    }),
    ...people(state, kind, "watchers", (item) => item.watchers),
  };
}

/** A repeatable action with an empty answer; it does not change version or history. */
function action(
  state: State,
  kind: WatchedKind,
  name: string,
  run: (item: Watched, user: User) => void,
): Record<string, Endpoint> {
  const POST: Handler = (req, actor, res) => {
    const user = mustBeUser(actor);
    const item = findVisible(state, kind, req, actor);
    if (item === undefined) throw notFound();
    verifyWritable(mustFind(state.projects, item.project));
    run(item, user);
    res.end();
  };
  return group(NAMES[kind].model, { [`/${NAMES[kind].path}/:id/${name}`]: { POST } });
}

function people(
  state: State,
  kind: WatchedKind,
  name: "voters" | "watchers",
  listIds: (item: Watched) => number[],
): Record<string, Endpoint> {
  const GET: Handler = (req, actor) => {
    const item = findVisible(state, kind, req, actor);
    if (item === undefined) {
      throw findItem(state, kind, req) === undefined ? notFound() : refusal(actor);
    }
    const users = listIds(item).map((id) => mustFind(state.users, id));
    return toPage(req, users, ({ id, username, full_name }) => ({ id, username, full_name }));
  };
  return group(NAMES[kind].model, { [`/${NAMES[kind].path}/:id/${name}`]: { GET } });
}

const findItem = (state: State, kind: WatchedKind, req: Request): Watched | undefined =>
  findById(watchedRows(state, kind), toId(req.params["id"]));

/** Undefined also for objects that the caller may not see. */
function findVisible(
  state: State,
  kind: WatchedKind,
  req: Request,
  actor: Actor,
): Watched | undefined {
  const item = findItem(state, kind, req);
  if (item === undefined) return undefined;
  const project = mustFind(state.projects, item.project);
  const permission = kind === "milestone" ? "view_milestones" : permissionFor("view", kind);
  return isAllowed(state, actor, project, permission) ? item : undefined;
}
