import {
  type AuthInfo,
  OAuthError,
  OAuthErrorCode,
  type OAuthTokenVerifier,
} from "@modelcontextprotocol/server";
import {
  ACCESS_LEVELS,
  type Clock,
  lowestLevel,
  toAccessLevel,
  UnavailableError,
} from "@taiga-mcp/service";
import { z } from "zod";
import type { AuthorizationServer } from "./authorization-server.ts";
import type { Grant } from "./grant.ts";

/** An un-cached call on every request: it may not take longer. */
const TIMEOUT_MS = 3_000;

export interface IntrospectionVerifierDeps {
  authorizationServer: Pick<AuthorizationServer, "introspect">;
  issuer: string;
  /** Our own address: the only audience we accept. */
  resource: string;
  clock: Clock;
}

/** What the authorization server says of a live token: RFC 7662 section 2.2 and its own members. */
const ActiveToken = z.object({
  active: z.literal(true),
  client_id: z.string().min(1),
  sub: z.string().min(1),
  aud: z.union([z.string(), z.array(z.string())]),
  iss: z.string().optional(),
  exp: z.int(),
  scope: z.string().default(""),
  gid: z.string().min(1),
  access: z.enum(ACCESS_LEVELS),
  projects: z.union([z.literal("all"), z.array(z.int())]),
});

/**
 * Asks the authorization server about each token. What a token may do is the lowest of its scopes
 * and its grant.
 *
 * `verifyAccessToken` throws the SDK's `OAuthError`: `invalid_token` for a token that is dead,
 * foreign or meant for somebody else, `insufficient_scope` for one without any Taiga scope; and
 * `UnavailableError` when nobody can say.
 */
export function createIntrospectionVerifier(deps: IntrospectionVerifierDeps): OAuthTokenVerifier {
  return {
    async verifyAccessToken(token) {
      const answer = await deps.authorizationServer.introspect(token, TIMEOUT_MS);
      if (!answer.active) throw invalid("The access token is unknown, expired or revoked");
      const active = ActiveToken.safeParse(answer);
      if (!active.success) {
        throw new UnavailableError("The authorization server's answer lacks what is needed.", {
          cause: active.error,
        });
      }
      return toAuthInfo(token, active.data, deps);
    },
  };
}

function toAuthInfo(
  token: string,
  active: z.output<typeof ActiveToken>,
  { issuer, resource, clock }: IntrospectionVerifierDeps,
): AuthInfo {
  if (active.exp <= clock()) throw invalid("The access token has expired");
  if (active.iss !== undefined && active.iss !== issuer) {
    throw invalid("The access token was issued by somebody else");
  }
  const audiences = [active.aud].flat().map(toCanonicalResource);
  if (!audiences.includes(toCanonicalResource(resource))) {
    throw invalid("The access token was not issued for this resource");
  }
  const scopes = active.scope.split(" ").filter((scope) => scope !== "");
  const granted = toAccessLevel(scopes);
  if (granted === undefined) {
    throw new OAuthError(
      OAuthErrorCode.InsufficientScope,
      "The access token carries no scope of this resource",
    );
  }
  const grant: Grant = {
    subject: active.sub,
    grantId: active.gid,
    access: lowestLevel(active.access, granted),
    projects: active.projects,
  };
  return {
    token,
    clientId: active.client_id,
    scopes,
    expiresAt: active.exp,
    resource: new URL(resource),
    extra: { ...grant },
  };
}

const invalid = (message: string): OAuthError =>
  new OAuthError(OAuthErrorCode.InvalidToken, message);

/**
 * The one spelling of a resource indicator: scheme and host in lower case, no fragment, without
 * one trailing slash, and without `?toolsets` and `?readonly`, which choose from a resource and do
 * not name another one.
 *
 * @returns the text itself when it is no URL, so that it equals nothing of ours.
 * @see RFC 8707 section 2
 */
export function toCanonicalResource(resource: string): string {
  if (!URL.canParse(resource)) return resource;
  const url = new URL(resource);
  url.hash = "";
  url.searchParams.delete("toolsets");
  url.searchParams.delete("readonly");
  url.pathname = url.pathname.replace(/\/$/, "");
  return url.href;
}
