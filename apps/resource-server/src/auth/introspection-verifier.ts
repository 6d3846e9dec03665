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

/** Without the cache, every request waits for this call. */
const TIMEOUT_MS = 3_000;

export interface IntrospectionVerifierDeps {
  authorizationServer: Pick<AuthorizationServer, "introspect">;
  issuer: string;
  /** The MCP endpoint's address: the only audience that is accepted. */
  resource: string;
  clock: Clock;
}

/** The introspection of an active token: RFC 7662 section 2.2, and members of this platform. */
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
 * Introspects each token at the authorization server. The access level is the lower one of the token's
 * scopes and its grant.
 *
 * `verifyAccessToken` throws the SDK's `OAuthError`: `invalid_token` for a token that is inactive, from
 * another issuer or for another audience, `insufficient_scope` for one without a Taiga scope; and
 * `UnavailableError` when the authorization server does not respond as expected.
 */
export function createIntrospectionVerifier(deps: IntrospectionVerifierDeps): OAuthTokenVerifier {
  return {
    async verifyAccessToken(token) {
      const response = await deps.authorizationServer.introspect(token, TIMEOUT_MS);
      if (!response.active) throw invalid("The access token is unknown, expired or revoked");
      const active = ActiveToken.safeParse(response);
      if (!active.success) {
        throw new UnavailableError("The introspection response is incomplete.", {
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
    throw invalid("The access token is from another issuer");
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
      "The access token has no scope of this resource",
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
 * Normalizes a resource indicator: scheme and host in lower case, no fragment, without one trailing
 * slash, and without `?toolsets`, `?readonly` and `?answers`, which select parts or forms of the same
 * resource.
 *
 * @returns the text itself when it is not a URL, so that it never equals this server's resource.
 * @see RFC 8707 section 2
 */
export function toCanonicalResource(resource: string): string {
  if (!URL.canParse(resource)) return resource;
  const url = new URL(resource);
  url.hash = "";
  url.searchParams.delete("toolsets");
  url.searchParams.delete("readonly");
  url.searchParams.delete("answers");
  url.pathname = url.pathname.replace(/\/$/, "");
  return url.href;
}
