import type { Request } from "express";
import type { Actor } from "../model/access.ts";
import { findTokenUser } from "./application-tokens.ts";
import { notAuthenticated, tokenError } from "../model/errors.ts";
import type { State } from "../model/state.ts";
import type { Tokens } from "./tokens.ts";

/**
 * Identifies the caller. The scheme is case-sensitive: `bearer` is anonymous, as with Taiga.
 * The user of an `Application` token may be inactive: Taiga leaves that to the application.
 *
 * @param isExpired says whether an access token was declared expired by a test.
 * @throws {ApiError} 401 for a bad token, also where no token is needed.
 */
export async function authenticate(
  req: Request,
  deps: { state: State; tokens: Tokens; isExpired: (jti: string) => boolean },
): Promise<Actor> {
  const parts = (req.get("authorization") ?? "").split(/\s+/).filter((part) => part !== "");
  const [scheme, token] = parts;
  if (scheme === "Application") {
    const owner = findTokenUser(deps.state, token ?? "");
    if (owner === undefined) throw notAuthenticated("Invalid token");
    return owner;
  }
  if (scheme !== "Bearer") return null;
  if (parts.length !== 2 || token === undefined) {
    throw tokenError(
      "Authorization header must contain two space-delimited values",
      "bad_authorization_header",
    );
  }
  const claims = await deps.tokens.verify(token, "access");
  if (claims === "wrong type") throw refusedToken("Token has wrong type");
  if (claims === "invalid" || deps.isExpired(claims.jti)) {
    throw refusedToken("Token is invalid or expired");
  }
  const user = deps.state.users.find((row) => row.id === claims.user_id);
  if (user === undefined) throw tokenError("User not found", "user_not_found");
  if (!user.is_active) throw tokenError("User is inactive", "user_inactive");
  return user;
}

const refusedToken = (message: string) =>
  tokenError("Given token not valid for any token type", "token_not_valid", [
    { token_class: "AccessToken", token_type: "access", message },
  ]);
