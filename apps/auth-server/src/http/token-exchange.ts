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
  /** Accepts only the resource server; see resource-server-auth.ts. */
  authenticate: RequestHandler;
  clock: Clock;
  /** The resource server's audience. */
  resource: string;
  /** The only Taiga that tokens are issued for. */
  taigaApiUrl: string;
}

/**
 * POST /token of the private listener: exchanges an MCP access token for the Taiga token of its grant
 * (RFC 8693). It is not a grant type of the public token endpoint, which would advertise it and let
 * clients register for it.
 *
 * Two extensions: with `rejected_token_sha256`, the base64url SHA-256 of a Taiga token that Taiga has
 * just rejected, the response contains another token. `taiga_auth_scheme` in the response is the scheme
 * for Taiga's `Authorization` header: `Bearer` or `Application`.
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
      "This endpoint supports only token exchange (RFC 8693).",
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
      // RFC 8693 section 2.2.1: "N_A" for a token that is not used as a bearer token.
      token_type: taiga.scheme === "Bearer" ? "Bearer" : "N_A",
      taiga_auth_scheme: taiga.scheme,
      expires_in: Math.max(0, taiga.expiresAt - deps.clock()),
    };
  } catch (error) {
    if (!(error instanceof CredentialLostError)) throw error;
    throw new OAuthError(
      "invalid_grant",
      "The Taiga login has ended. The user must reconnect and log in again.",
      { cause: error },
    );
  }
}

const GrantType = z.object({ grant_type: z.string("is missing") });
