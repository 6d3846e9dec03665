import type { Clock } from "@taiga-mcp/service";
import type { TaigaCredential } from "@taiga-mcp/taiga-client";
import { LRUCache } from "lru-cache";
import { createHash } from "node:crypto";
import * as oauth from "oauth4webapi";
import { ToolError } from "@taiga-mcp/taiga-tools";
import type { AuthorizationServer } from "./authorization-server.ts";

/** The exchange may have to refresh at Taiga first, under a lock. */
const TIMEOUT_MS = 30_000;

/** A token with less life than this is not handed out: a call may take a while. */
const MARGIN_SECONDS = 60;

/** Assumed of a token that does not say when it ends. */
const DEFAULT_LIFETIME_SECONDS = 300;

const MAX_GRANTS = 10_000;

const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

export interface TaigaCredentialsDeps {
  authorizationServer: Pick<AuthorizationServer, "exchangeToken">;
  /** The Taiga that tokens are asked for, as the authorization server spells it. */
  taigaApiUrl: string;
  /** The authorization server as people reach it: its page says how to reconnect. */
  issuer: string;
  clock: Clock;
}

/** A grant, and the access token that proves to the authorization server that it stands. */
export interface GrantProof {
  /** See `Grant.grantId`. */
  grantId: string;
  accessToken: string;
}

/**
 * The Taiga tokens behind grants, held by the authorization server and borrowed here.
 *
 * `get` and `renew` throw `ToolError` `reconnect_required` when the login at Taiga is over, and
 * `UnavailableError` when nobody can say.
 */
export interface TaigaCredentials {
  /** A token with some life left; of concurrent callers for one grant only the first one asks. */
  get(proof: GrantProof): Promise<TaigaCredential>;
  /**
   * A token in place of one that Taiga has just refused.
   * @returns one that differs from it, or `undefined` when the authorization server has no other.
   */
  renew(proof: GrantProof, refusedToken: string): Promise<TaigaCredential | undefined>;
  /** The grant has ended, and what was borrowed for it must not be used again. */
  forget(grantId: string): void;
}

interface HeldToken {
  credential: TaigaCredential;
  /** Epoch seconds. */
  expiresAt: number;
}

/** Tokens are kept in memory until shortly before their end, for as many grants as are in use. */
export function createTaigaCredentials(deps: TaigaCredentialsDeps): TaigaCredentials {
  const held = new LRUCache<string, Promise<HeldToken>>({ max: MAX_GRANTS });

  const obtain = (proof: GrantProof, refusedToken?: string): Promise<HeldToken> => {
    const pending = exchange(proof.accessToken, refusedToken, deps);
    held.set(proof.grantId, pending);
    pending.catch(() => {
      if (held.peek(proof.grantId) === pending) held.delete(proof.grantId);
    });
    return pending;
  };

  /** Replaces what is held, unless somebody else did so while we looked at it. */
  const replace = (
    proof: GrantProof,
    seen: Promise<HeldToken> | undefined,
    refusedToken?: string,
  ): Promise<HeldToken> => {
    const current = held.get(proof.grantId);
    return current === undefined || current === seen ? obtain(proof, refusedToken) : current;
  };

  return {
    async get(proof) {
      const seen = held.get(proof.grantId);
      const token = seen && (await seen);
      if (token !== undefined && token.expiresAt - MARGIN_SECONDS > deps.clock()) {
        return token.credential;
      }
      return (await replace(proof, seen)).credential;
    },
    async renew(proof, refusedToken) {
      const seen = held.get(proof.grantId);
      const token = seen && (await seen);
      const isRefused = token === undefined || token.credential.token === refusedToken;
      const { credential } = isRefused ? await replace(proof, seen, refusedToken) : token;
      return credential.token === refusedToken ? undefined : credential;
    },
    forget: (grantId) => void held.delete(grantId),
  };
}

/**
 * Asks for the Taiga token of a grant. The hash of a token that Taiga has refused tells the
 * authorization server, beyond the RFC, that the same one again would be of no use.
 *
 * @see RFC 8693 section 2.1
 */
async function exchange(
  accessToken: string,
  refusedToken: string | undefined,
  { authorizationServer, taigaApiUrl, issuer, clock }: TaigaCredentialsDeps,
): Promise<HeldToken> {
  const askedAt = clock();
  try {
    const answer = await authorizationServer.exchangeToken(
      {
        subject_token: accessToken,
        subject_token_type: ACCESS_TOKEN,
        resource: taigaApiUrl,
        ...(refusedToken !== undefined && { rejected_token_sha256: sha256(refusedToken) }),
      },
      TIMEOUT_MS,
    );
    return {
      credential: { scheme: toScheme(answer), token: answer.access_token },
      expiresAt: askedAt + (answer.expires_in ?? DEFAULT_LIFETIME_SECONDS),
    };
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) throw reconnectRequired(issuer, error);
    throw error;
  }
}

/** How Taiga wants to be told the token; our authorization server says so beyond the RFC. */
const toScheme = (answer: oauth.TokenEndpointResponse): TaigaCredential["scheme"] =>
  answer["taiga_auth_scheme"] === "Application" ? "Application" : "Bearer";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** Nothing but a new login helps; says so to the model, which tells the user. */
const reconnectRequired = (issuer: string, cause: unknown): ToolError =>
  new ToolError(
    "reconnect_required",
    `The login at Taiga that this connection uses has ended. Ask the user to reconnect: disconnect this MCP server in the client, connect it again, and log in to Taiga. What to do, step by step: ${issuer}/#reconnect`,
    { cause },
  );
