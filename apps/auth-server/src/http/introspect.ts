import { type RequestHandler, Router } from "express";
import { z } from "zod";
import type { AccessTokenInfo, AccessTokens } from "../engine/boundary/ports.ts";
import { hash } from "../storage/key-names.ts";
import { parseForm, readForm } from "./form.ts";
import { OAuthError } from "./oauth-error.ts";

const IntrospectionRequest = z.object({
  token: z.string("is missing").min(1, "must not be empty"),
});

export interface IntrospectionDeps {
  accessTokens: AccessTokens;
  /** Accepts only the resource server; see resource-server-auth.ts. */
  authenticate: RequestHandler;
  issuer: string;
  /** The resource server's audience. */
  resource: string;
  /** Called for each active token, as a sign that its grant is in use. Must not throw. */
  noteUse: (grantId: string) => void;
}

/**
 * POST /introspect (RFC 7662), in place of the engine's, which looks up the token's client and fails for
 * valid tokens after that client was deleted. Only access tokens for the caller are active; every other
 * token is answered with `{"active": false}`.
 */
export function createIntrospection(deps: IntrospectionDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router
    .route("/introspect")
    .post(readForm, deps.authenticate, async (req, res) => {
      const { token } = parseForm(IntrospectionRequest, req.body);
      const info = await deps.accessTokens.find(token);
      const isOurs = info !== undefined && info.audience === deps.resource;
      if (isOurs) deps.noteUse(info.grantId);
      res
        .set("Cache-Control", "no-store")
        .json(isOurs ? toIntrospectionResponse(info, deps.issuer) : { active: false });
    })
    .all((req, res) => {
      res.set("Allow", "POST");
      throw new OAuthError("invalid_request", `Use POST, not ${req.method}.`, { status: 405 });
    });
  return router;
}

/** RFC 7662 §2.2 with three extensions; `gid` identifies the grant without revealing its id. */
const toIntrospectionResponse = (info: AccessTokenInfo, issuer: string): object => ({
  active: true,
  scope: info.scopes.join(" "),
  client_id: info.clientId,
  token_type: "Bearer",
  exp: info.expiresAt,
  iat: info.issuedAt,
  sub: info.accountId,
  aud: info.audience,
  iss: issuer,
  gid: hash(info.grantId),
  access: info.limits.access,
  projects: info.limits.projects,
});
