import {
  type AuthInfo,
  OAuthError,
  OAuthErrorCode,
  type OAuthTokenVerifier,
} from "@modelcontextprotocol/server";
import { type Clock, createSingleFlight, type SingleFlight } from "@taiga-mcp/service";
import { LRUCache } from "lru-cache";
import { hash } from "node:crypto";
import type { RevocationListener } from "./follow-revocations.ts";
import { grantOf } from "./grant.ts";

const MAX_TOKENS = 10_000;

/** Longer than any introspection takes that was under way when its grant ended. */
const TOMBSTONE_SECONDS = 60;
const MAX_TOMBSTONES = 10_000;

export interface IntrospectionCacheDeps {
  /** Asks the authorization server each time. */
  verifier: OAuthTokenVerifier;
  /** How long an answer is remembered, at most 30; 0 for never. */
  ttlSeconds: number;
  clock: Clock;
}

/**
 * Remembers what the authorization server said of live tokens, for as long as it would also say
 * at once that their grant has ended; so a revocation takes effect here as fast as it would by
 * asking each time. While it could not say so, nothing is remembered and nothing shared.
 *
 * A token that is known costs a hash and a look into a map.
 */
export type IntrospectionCache = OAuthTokenVerifier & RevocationListener;

export function createIntrospectionCache(deps: IntrospectionCacheDeps): IntrospectionCache {
  const { verifier, ttlSeconds, clock } = deps;
  /** Grants that have ended a moment ago, and until when that is remembered, epoch seconds. */
  const tombstones = new LRUCache<string, number>({ max: MAX_TOMBSTONES });
  /** Since revocations are followed; what was asked before may be out of date when it arrives. */
  let memory: Memory | undefined;

  async function ask(token: string): Promise<AuthInfo> {
    const authInfo = await verifier.verifyAccessToken(token);
    if ((tombstones.get(grantOf(authInfo).grantId) ?? 0) > clock()) throw revokedMeanwhile();
    return authInfo;
  }

  async function askAndKeep(token: string, key: string): Promise<AuthInfo> {
    const asked = memory;
    const askedAt = clock();
    const authInfo = await ask(token);
    if (memory === asked) memory?.keep(key, authInfo, askedAt + ttlSeconds);
    return authInfo;
  }

  return {
    verifyAccessToken: (token) => {
      if (memory === undefined) return ask(token);
      const key = hash("sha256", token, "base64url");
      const known = memory.find(key, clock());
      if (known !== undefined) return Promise.resolve({ ...known, token });
      return memory.share(key, () => askAndKeep(token, key));
    },
    restored: () => {
      memory = ttlSeconds > 0 ? createMemory() : undefined;
    },
    lost: () => {
      memory = undefined;
    },
    revoked: (gid) => {
      tombstones.set(gid, clock() + TOMBSTONE_SECONDS);
      memory?.drop(gid);
    },
  };
}

/** Without the token itself, which nobody needs to find here. */
type KnownToken = Omit<AuthInfo, "token">;

interface Answer {
  known: KnownToken;
  grantId: string;
  /** Epoch seconds. */
  until: number;
}

/** Answers by hash of their token, and questions under way. */
interface Memory {
  find(key: string, now: number): KnownToken | undefined;
  /** @param until epoch seconds; the token's own end comes first. */
  keep(key: string, authInfo: AuthInfo, until: number): void;
  /** Forgets all tokens of a grant. */
  drop(grantId: string): void;
  /** Asks once for all who want to know at the same time. */
  share: SingleFlight<AuthInfo>;
}

function createMemory(): Memory {
  const keysOfGrants = new Map<string, Set<string>>();
  const answers = new LRUCache<string, Answer>({
    max: MAX_TOKENS,
    dispose: ({ grantId }, key) => {
      const keys = keysOfGrants.get(grantId);
      keys?.delete(key);
      if (keys?.size === 0) keysOfGrants.delete(grantId);
    },
  });

  return {
    find: (key, now) => {
      const answer = answers.get(key);
      return answer !== undefined && answer.until > now ? answer.known : undefined;
    },
    keep: (key, authInfo, until) => {
      const { grantId } = grantOf(authInfo);
      const { token: _secret, ...known } = authInfo;
      answers.set(key, { known, grantId, until: Math.min(until, known.expiresAt ?? 0) });
      keysOfGrants.set(grantId, (keysOfGrants.get(grantId) ?? new Set()).add(key));
    },
    drop: (grantId) => {
      for (const key of keysOfGrants.get(grantId) ?? []) answers.delete(key);
    },
    share: createSingleFlight(),
  };
}

const revokedMeanwhile = (): OAuthError =>
  new OAuthError(OAuthErrorCode.InvalidToken, "The access token was revoked a moment ago");
