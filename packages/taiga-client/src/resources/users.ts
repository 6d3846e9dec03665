import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { listOf, orNull, text } from "./schema-parts.ts";

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

export interface Users {
  /** @throws {TaigaError} `user_inactive`, `user_not_found` when the account is gone. */
  me(): Promise<Me>;
  /**
   * The active members of a project, all of them. A superuser gets every user of the server
   * instead, so compare with the project's members.
   */
  listByProject(projectId: number): Promise<User[]>;
}

/** `/users` */
export const createUsers = (request: TaigaRequest): Users => ({
  me: async () => (await request({ path: "/users/me", schema: Me })).data,
  listByProject: async (projectId) => {
    const query = { project: projectId };
    return (await request({ path: "/users", query, wholeList: true, schema: z.array(User) })).data;
  },
});
