import type { Clock } from "@taiga-mcp/service";
import type { TaigaCredential } from "@taiga-mcp/taiga-client";
import { ToolError } from "@taiga-mcp/taiga-tools";
import { LRUCache } from "lru-cache";
import { createHash } from "node:crypto";
import * as oauth from "oauth4webapi";
import type { AuthorizationServer } from "./authorization-server.ts";

/** The authorization server may first have to refresh the token at Taiga, under a lock. */
const TIMEOUT_MS = 30_000;

/** A token that expires sooner is replaced first: a tool call may take a while. */
const MARGIN_SECONDS = 60;

/** The same for tokens of a short life, as a part of the time that is left at the exchange. */
const MARGIN_PART = 1 / 3;

/** Assumed for a response without `expires_in`. */
const DEFAULT_LIFETIME_SECONDS = 300;

const MAX_GRANTS = 10_000;

const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

export interface TaigaCredentialsDeps {
  authorizationServer: Pick<AuthorizationServer, "exchangeToken">;
  /** The Taiga that the tokens are for, spelled as in the authorization server. */
  taigaApiUrl: string;
  /** Public address of the authorization server, whose page explains how to reconnect. */
  issuer: string;
  clock: Clock;
}

/** A grant, and an access token that proves to the authorization server that it is active. */
export interface GrantProof {
  /** See `Grant.grantId`. */
  grantId: string;
  accessToken: string;
}

/**
 * The Taiga tokens of grants, obtained from the authorization server.
 *
 * `get` and `renew` throw `ToolError` `reconnect_required` when the login at Taiga has ended, and
 * `UnavailableError` when the authorization server does not respond as expected.
 */
export interface TaigaCredentials {
  /** A token that does not expire soon. Concurrent calls for one grant share one exchange. */
  get(proof: GrantProof): Promise<TaigaCredential>;
  /**
   * Replaces a token that Taiga has just rejected.
   * @returns a different token, or `undefined` when the authorization server has no other.
   */
  renew(proof: GrantProof, rejectedToken: string): Promise<TaigaCredential | undefined>;
  /** Drops the token of a grant that was revoked. */
  forget(grantId: string): void;
}

interface HeldToken {
  credential: TaigaCredential;
  /** Until when it is used, epoch seconds. */
  useUntil: number;
}

/** Caches tokens in memory until shortly before they expire. */
export function createTaigaCredentials(deps: TaigaCredentialsDeps): TaigaCredentials {
  const held = new LRUCache<string, Promise<HeldToken>>({ max: MAX_GRANTS });

  const obtain = (proof: GrantProof, rejectedToken?: string): Promise<HeldToken> => {
    const pending = exchange(proof.accessToken, rejectedToken, deps);
    held.set(proof.grantId, pending);
    pending.catch(() => {
      if (held.peek(proof.grantId) === pending) held.delete(proof.grantId);
    });
    return pending;
  };

  /** Replaces the held token, unless a concurrent call has replaced it since it was read. */
  const replace = (
    proof: GrantProof,
    seen: Promise<HeldToken> | undefined,
    rejectedToken?: string,
  ): Promise<HeldToken> => {
    const current = held.get(proof.grantId);
    return current === undefined || current === seen ? obtain(proof, rejectedToken) : current;
  };

  return {
    async get(proof) {
      const seen = held.get(proof.grantId);
      const token = seen && (await seen);
      if (token !== undefined && token.useUntil > deps.clock()) {
        return token.credential;
      }
      return (await replace(proof, seen)).credential;
    },
    async renew(proof, rejectedToken) {
      const seen = held.get(proof.grantId);
      const token = seen && (await seen);
      const isRejected = token === undefined || token.credential.token === rejectedToken;
      const { credential } = isRejected ? await replace(proof, seen, rejectedToken) : token;
      return credential.token === rejectedToken ? undefined : credential;
    },
    forget: (grantId) => void held.delete(grantId),
  };
}

/**
 * Requests the Taiga token of a grant. `rejected_token_sha256`, an extension of RFC 8693, is the hash of
 * a token that Taiga has rejected, so that the authorization server returns a different one.
 *
 * @see RFC 8693 section 2.1
 */
async function exchange(
  accessToken: string,
  rejectedToken: string | undefined,
  { authorizationServer, taigaApiUrl, issuer, clock }: TaigaCredentialsDeps,
): Promise<HeldToken> {
  const startedAt = clock();
  try {
    const response = await authorizationServer.exchangeToken(
      {
        subject_token: accessToken,
        subject_token_type: ACCESS_TOKEN,
        resource: taigaApiUrl,
        ...(rejectedToken !== undefined && { rejected_token_sha256: sha256(rejectedToken) }),
      },
      TIMEOUT_MS,
    );
    const lifetime = response.expires_in ?? DEFAULT_LIFETIME_SECONDS;
    const margin = Math.min(MARGIN_SECONDS, lifetime * MARGIN_PART);
    return {
      credential: { scheme: toScheme(response), token: response.access_token },
      useUntil: startedAt + lifetime - margin,
    };
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) throw reconnectRequired(issuer, error);
    throw error;
  }
}

/** The Authorization scheme for Taiga, which this authorization server adds to RFC 8693. */
const toScheme = (response: oauth.TokenEndpointResponse): TaigaCredential["scheme"] =>
  response["taiga_auth_scheme"] === "Application" ? "Application" : "Bearer";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** Only a new login helps. The model reads this and tells the user. */
const reconnectRequired = (issuer: string, cause: unknown): ToolError =>
  new ToolError(
    "reconnect_required",
    `The login at Taiga that this connection uses has ended. Ask the user to reconnect: disconnect this MCP server in the client, connect it again, and log in to Taiga. What to do, step by step: ${issuer}/reconnect. All connections of the user: ${issuer}/account`,
    { cause },
  );
