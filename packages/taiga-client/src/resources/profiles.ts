import type { TaigaRequest } from "../taiga-request.ts";
import { User } from "./users.ts";

/** The public profiles of all active users of this Taiga, also of those who left a project. */
export interface Profiles {
  /** @throws {TaigaError} `not_found`. */
  getById(id: number): Promise<User>;
  /** @throws {TaigaError} `not_found`, also when only the case differs. */
  getByUsername(username: string): Promise<User>;
}

/** `/users/{id}`, `/users/by_username` */
export const createProfiles = (request: TaigaRequest): Profiles => ({
  getById: async (id) => (await request({ path: `/users/${id}`, schema: User })).data,
  getByUsername: async (username) =>
    (await request({ path: "/users/by_username", query: { username }, schema: User })).data,
});
