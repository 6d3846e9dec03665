import type { Context } from "../model/context.ts";
import { group, type Endpoint } from "../http/endpoint.ts";
import { badRequest, invalidFields, tokenError } from "../model/errors.ts";
import { toBody, toText } from "../http/fields.ts";
import { findById } from "../model/rows.ts";
import type { State, User } from "../model/state.ts";
import type { Tokens } from "./tokens.ts";
import { toOwnUser } from "../projects/user-views.ts";

const REQUIRED = ["This field is required."];

/** `POST /auth` and `POST /auth/refresh`. */
export function authRoutes({ state, clock }: Context, tokens: Tokens): Record<string, Endpoint> {
  return group("Auth", {
    "/auth": {
      POST: async (req) => {
        const user = logIn(state, toBody(req.body));
        return { ...toOwnUser(state, user), ...(await tokens.issue(user.id)) };
      },
    },
    "/auth/refresh": {
      POST: async (req) => {
        const { refresh } = toBody(req.body);
        if (!refresh) throw invalidFields({ refresh: REQUIRED });
        const claims = await tokens.verify(toText(refresh), "refresh");
        if (typeof claims === "string" || claims.jti in state.usedRefreshTokens) throw refused();
        const user = findById(state.users, claims.user_id);
        if (user?.is_active !== true) throw refused();
        markUsed(state, claims, Math.floor(clock().getTime() / 1000));
        return tokens.issue(user.id);
      },
    },
  });
}

const refused = () => tokenError("Token is invalid or expired", "token_not_valid");

function logIn(state: State, body: Record<string, unknown>): User {
  if (toText(body["type"]).toLowerCase() !== "normal") throw badRequest("invalid login type");
  const missing = ["username", "password"].filter((name) => !body[name]);
  if (missing.length > 0) {
    throw invalidFields(Object.fromEntries(missing.map((name) => [name, REQUIRED])));
  }
  const user = findUserByPassword(state, body["username"], body["password"]);
  if (user === undefined) {
    const detail = "No active account found with the given credentials";
    throw tokenError(detail, "invalid_credentials");
  }
  return user;
}

/** The active user with this user name or e-mail address and password. */
export function findUserByPassword(
  state: State,
  username: unknown,
  password: unknown,
): User | undefined {
  const name = toText(username).toLowerCase();
  const user = state.users.find(
    (row) => row.username.toLowerCase() === name || row.email.toLowerCase() === name,
  );
  return user?.is_active === true && user.password === password ? user : undefined;
}

/** A refresh token works once; expired tokens are dropped from the list. */
function markUsed(state: State, claims: { jti: string; exp: number }, nowSeconds: number): void {
  for (const [jti, exp] of Object.entries(state.usedRefreshTokens)) {
    if (exp <= nowSeconds) delete state.usedRefreshTokens[jti];
  }
  state.usedRefreshTokens[claims.jti] = claims.exp;
}
