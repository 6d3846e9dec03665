import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { ITEM_PATHS, OBJECT_PATHS } from "./item-kind.ts";
import type { TaigaItemKind, TaigaObjectKind } from "./item-kind.ts";
import { noContent, text } from "./schema-parts.ts";

/** A user who votes for, watches or likes something. */
export const Follower = z.object({ id: z.int(), username: z.string(), full_name: text });
export type Follower = z.output<typeof Follower>;

/** Votes for items. Voting twice counts once; no version changes. */
export interface Votes {
  list(kind: TaigaItemKind, id: number): Promise<Follower[]>;
  /** @throws {TaigaError} `not_found`, also for an item that the user may not see. */
  add(kind: TaigaItemKind, id: number): Promise<void>;
  /** @throws {TaigaError} like `add`. */
  remove(kind: TaigaItemKind, id: number): Promise<void>;
}

/** What can be watched; projects are watched at a level, see `Projects`. */
export type WatchedKind = TaigaObjectKind | "milestone";

/** Watchers of items, wiki pages and sprints. Watching twice counts once; no version changes. */
export interface Watchers {
  list(kind: WatchedKind, id: number): Promise<Follower[]>;
  /** @throws {TaigaError} `not_found`, also for an object that the user may not see. */
  add(kind: WatchedKind, id: number): Promise<void>;
  /** @throws {TaigaError} like `add`. */
  remove(kind: WatchedKind, id: number): Promise<void>;
}

/** All who follow, at one path. */
export const readFollowers = async (request: TaigaRequest, path: string): Promise<Follower[]> =>
  (await request({ path, wholeList: true, schema: z.array(Follower) })).data;

/** An action without body, whose answer is empty. */
export async function act(request: TaigaRequest, path: string, body?: object): Promise<void> {
  await request({ method: "POST", path, schema: noContent, ...(body && { body }) });
}

/** `/userstories/{id}/voters`, `/upvote`, `/downvote` and their like for each kind */
export const createVotes = (request: TaigaRequest): Votes => ({
  list: (kind, id) => readFollowers(request, `${ITEM_PATHS[kind]}/${id}/voters`),
  add: (kind, id) => act(request, `${ITEM_PATHS[kind]}/${id}/upvote`),
  remove: (kind, id) => act(request, `${ITEM_PATHS[kind]}/${id}/downvote`),
});

const WATCHED_PATHS = { ...OBJECT_PATHS, milestone: "/milestones" } as const;

/** `/userstories/{id}/watchers`, `/watch`, `/unwatch` and their like for each kind */
export const createWatchers = (request: TaigaRequest): Watchers => ({
  list: (kind, id) => readFollowers(request, `${WATCHED_PATHS[kind]}/${id}/watchers`),
  add: (kind, id) => act(request, `${WATCHED_PATHS[kind]}/${id}/watch`),
  remove: (kind, id) => act(request, `${WATCHED_PATHS[kind]}/${id}/unwatch`),
});
