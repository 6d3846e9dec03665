import { z } from "zod";
import { readPage } from "../pagination.ts";
import type { Page, PageRequest } from "../pagination.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import type { ChangesOf } from "./item-changes.ts";
import { flag, listOf, orNull, text } from "./schema-parts.ts";

/** A user as visible to every member of a common project. */
export const User = z.object({
  id: z.int(),
  username: z.string(),
  full_name: text,
  full_name_display: text,
  is_active: z.boolean(),
  /** Names of the roles this person has in any project that the asking user can see. */
  roles: listOf(z.string()),
  photo: orNull(z.string()),
});
export type User = z.output<typeof User>;

/** The asking user's own account. */
export const Me = User.extend({
  email: z.string(),
  /** Empty: the server's default. */
  lang: text,
  timezone: text,
  verified_email: orNull(z.boolean()),
});
export type Me = z.output<typeof Me>;

/** Numbers on a user's profile, as far as the asking user may see them. */
export const UserStats = z.object({
  total_num_projects: z.int(),
  total_num_contacts: z.int(),
  total_num_closed_userstories: z.int(),
  roles: listOf(z.string()),
});
export type UserStats = z.output<typeof UserStats>;

/** Something that a user watches, votes for or likes. */
export const Favourite = z.object({
  /** project, epic, userstory, task or issue. */
  type: z.string(),
  id: z.int(),
  /** Of an item. */
  ref: orNull(z.int()),
  subject: orNull(z.string()),
  /** Name of its status. */
  status: orNull(z.string()),
  /** Of a project. */
  name: orNull(z.string()),
  slug: orNull(z.string()),
  /** The project that it belongs to. */
  project: orNull(z.int()),
  project_name: orNull(z.string()),
  project_slug: orNull(z.string()),
  assigned_to: orNull(z.int()),
  is_watcher: flag,
  is_voter: flag,
  total_watchers: orNull(z.int()),
  total_voters: orNull(z.int()),
});
export type Favourite = z.output<typeof Favourite>;

/** Which favourites: those of a type, and with a word in their name. */
export interface FavouriteFilter {
  type?: "project" | "epic" | "userstory" | "task" | "issue" | undefined;
  q?: string | undefined;
}

/**
 * What a user can set on the own account. `is_active` is left out on purpose: with it, Taiga lets users
 * lock themselves out.
 */
export type AccountChanges = ChangesOf<
  Record<"full_name" | "bio" | "lang" | "theme" | "timezone" | "color" | "username", string>
>;

export interface Users {
  /** @throws {TaigaError} `user_inactive`, `user_not_found` when the account is gone. */
  me(): Promise<Me>;
  /**
   * The active members of a project, all of them. A superuser gets every user of the server
   * instead, so compare with the project's members.
   */
  listByProject(projectId: number): Promise<User[]>;
  /** Everyone who shares a project with the asking user, and the members of public projects. */
  list(page?: PageRequest): Promise<Page<User>>;
  getById(id: number): Promise<User>;
  /** Case matters; an e-mail address is not found. */
  getByUsername(username: string): Promise<User>;
  stats(id: number): Promise<UserStats>;
  /** People who share a project with a user. @param excludeProject leaves out its members. */
  contacts(
    id: number,
    filter?: { q?: string | undefined; excludeProject?: number | undefined },
  ): Promise<User[]>;
  watched(id: number, filter?: FavouriteFilter, page?: PageRequest): Promise<Page<Favourite>>;
  voted(id: number, filter?: FavouriteFilter, page?: PageRequest): Promise<Page<Favourite>>;
  /** Only projects can be liked. */
  liked(id: number, filter?: FavouriteFilter, page?: PageRequest): Promise<Page<Favourite>>;
  /** Changes only the given fields of the asking user's account (PATCH). */
  updateMe(id: number, changes: AccountChanges): Promise<Me>;
}

/** `/users` */
export function createUsers(request: TaigaRequest): Users {
  const path = "/users";
  const favourites =
    (list: "watched" | "voted" | "liked") =>
    (id: number, filter: FavouriteFilter = {}, page: PageRequest = {}) =>
      readPage(
        request,
        { path: `${path}/${id}/${list}`, query: { ...filter }, schema: Favourite },
        page,
      );
  return {
    me: async () => (await request({ path: `${path}/me`, schema: Me })).data,
    listByProject: async (projectId) => {
      const query = { project: projectId };
      return (await request({ path, query, wholeList: true, schema: z.array(User) })).data;
    },
    list: (page = {}) => readPage(request, { path, query: {}, schema: User }, page),
    getById: async (id) => (await request({ path: `${path}/${id}`, schema: User })).data,
    getByUsername: async (username) =>
      (await request({ path: `${path}/by_username`, query: { username }, schema: User })).data,
    stats: async (id) => (await request({ path: `${path}/${id}/stats`, schema: UserStats })).data,
    contacts: async (id, { q, excludeProject } = {}) => {
      const call = {
        path: `${path}/${id}/contacts`,
        query: { q, exclude_project: excludeProject },
        wholeList: true,
      };
      return (await request({ ...call, schema: z.array(User) })).data;
    },
    watched: favourites("watched"),
    voted: favourites("voted"),
    liked: favourites("liked"),
    updateMe: async (id, changes) =>
      (await request({ method: "PATCH", path: `${path}/${id}`, body: changes, schema: Me })).data,
  };
}
