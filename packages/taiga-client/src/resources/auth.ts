import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { Me } from "./users.ts";

/** The user and the tokens: a short-lived access token and a single-use refresh token. */
export const LoginResult = Me.extend({
  auth_token: z.string().min(1),
  refresh: z.string().min(1),
}).transform(({ auth_token, refresh, ...user }) => ({
  ...user,
  authToken: auth_token,
  refreshToken: refresh,
}));
export type LoginResult = z.output<typeof LoginResult>;

/** The next pair of tokens. */
export const TokenPair = z
  .object({ auth_token: z.string().min(1), refresh: z.string().min(1) })
  .transform(({ auth_token, refresh }) => ({ authToken: auth_token, refreshToken: refresh }));
export type TokenPair = z.output<typeof TokenPair>;

export interface LoginValues {
  /** `normal`, or the name of a login plugin (`ldap`). */
  type: string;
  /** Or e-mail; Taiga ignores the case of both. */
  username: string;
  password: string;
}

export interface Auth {
  /** @throws {TaigaError} `invalid_credentials`, also for inactive users; `throttled`. */
  login(values: LoginValues): Promise<LoginResult>;
  /**
   * Exchanges a refresh token, which is single-use, for a new pair. One at a time per login: of two
   * concurrent refreshes, one fails. After `outcomeUnknown` the token may be used up.
   * @throws {TaigaError} `token_not_valid` when it was used, has expired or is not a refresh token.
   */
  refresh(refreshToken: string): Promise<TokenPair>;
}

/** `/auth` and `/auth/refresh`; for a client without credential. */
export const createAuth = (request: TaigaRequest): Auth => ({
  login: async ({ type, username, password }) => {
    const body = { type, username, password };
    return (await request({ method: "POST", path: "/auth", body, schema: LoginResult })).data;
  },
  refresh: async (refreshToken) => {
    const body = { refresh: refreshToken };
    return (await request({ method: "POST", path: "/auth/refresh", body, schema: TokenPair })).data;
  },
});
