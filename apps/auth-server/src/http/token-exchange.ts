import type { Clock } from "@taiga-mcp/service";
import { toTaigaApiUrl } from "@taiga-mcp/service";
import { type RequestHandler, Router } from "express";
import { z } from "zod";
import type { AccessTokens } from "../engine/boundary/ports.ts";
import { CredentialLostError, type Vault } from "../vault/vault.ts";
import { parseForm, readForm } from "./form.ts";
import { OAuthError } from "./oauth-error.ts";

const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

const TokenExchangeRequest = z.object({
  subject_token: z.string("is missing").min(1, "must not be empty"),
  subject_token_type: z.literal(ACCESS_TOKEN, `must be ${ACCESS_TOKEN}`),
  requested_token_type: z.literal(ACCESS_TOKEN, `must be ${ACCESS_TOKEN}`).optional(),
  resource: z.url({ protocol: /^https?$/, error: "must be Taiga's address" }).optional(),
  rejected_token_sha256: z
    .string("must be sent once")
    .regex(/^[\w-]{43}$/, "must be a SHA-256 hash as base64url")
    .optional(),
});

export interface TokenExchangeDeps {
  accessTokens: AccessTokens;
  vault: Pick<Vault, "token">;
  /** Lets only the resource server through; see resource-server-auth.ts. */
  authenticate: RequestHandler;
  clock: Clock;
  /** The audience that the resource server is. */
  resource: string;
  /** The only Taiga there are tokens for. */
  taigaApiUrl: string;
}

/**
 * POST /token of the private listener: an MCP access token against the Taiga token of its grant,
 * in the shapes of RFC 8693. A route of its own and not a grant type of the public endpoint, which
 * would advertise it and let clients register for it.
 *
 * Beyond the RFC, `rejected_token_sha256` is the base64url SHA-256 of the Taiga token that Taiga
 * has just refused, so that the answer is another one. The answer's `taiga_auth_scheme` is what
 * Taiga calls the token in the `Authorization` header: `Bearer` or `Application`.
 */
export function createTokenExchange(deps: TokenExchangeDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router
    .route("/token")
    .post(readForm, deps.authenticate, async (req, res) => {
      res.set("Cache-Control", "no-store").json(await exchange(req.body, deps));
    })
    .all((req, res) => {
      res.set("Allow", "POST");
      throw new OAuthError("invalid_request", `Use POST, not ${req.method}.`, { status: 405 });
    });
  return router;
}

async function exchange(body: unknown, deps: TokenExchangeDeps): Promise<object> {
  const { grant_type: grantType } = parseForm(GrantType, body);
  if (grantType !== TOKEN_EXCHANGE) {
    throw new OAuthError(
      "unsupported_grant_type",
      "Only token exchange (RFC 8693) is served here.",
    );
  }
  const request = parseForm(TokenExchangeRequest, body);
  if (request.resource !== undefined && toTaigaApiUrl(request.resource) !== deps.taigaApiUrl) {
    throw new OAuthError("invalid_target", "resource: must be the Taiga that users log in to.");
  }
  const info = await deps.accessTokens.find(request.subject_token);
  if (info === undefined || info.audience !== deps.resource) {
    throw new OAuthError("invalid_grant", "subject_token: is unknown, expired or revoked.");
  }
  const rejected = request.rejected_token_sha256;
  try {
    const taiga = await deps.vault.token(info.grantId, rejected === undefined ? {} : { rejected });
    return {
      access_token: taiga.token,
      issued_token_type: ACCESS_TOKEN,
      // RFC 8693 section 2.2.1: what is not used as a bearer token is "N_A".
      token_type: taiga.scheme === "Bearer" ? "Bearer" : "N_A",
      taiga_auth_scheme: taiga.scheme,
      expires_in: Math.max(0, taiga.expiresAt - deps.clock()),
    };
  } catch (error) {
    if (!(error instanceof CredentialLostError)) throw error;
    throw new OAuthError(
      "invalid_grant",
      "The login at Taiga has ended. The user must reconnect and log in again.",
      { cause: error },
    );
  }
}

const GrantType = z.object({ grant_type: z.string("is missing") });
