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

/** Longer than any introspection takes that was in flight when its grant was revoked. */
const TOMBSTONE_SECONDS = 60;
const MAX_TOMBSTONES = 10_000;

export interface IntrospectionCacheDeps {
  /** Introspects each time. */
  verifier: OAuthTokenVerifier;
  /** How long an introspection is cached, at most 30; 0 turns the cache off. */
  ttlSeconds: number;
  clock: Clock;
}

/**
 * Caches introspections of active tokens, only while the revocation stream is connected. A revocation
 * therefore takes effect as fast as without the cache. While the stream is disconnected, every request
 * introspects its token.
 *
 * A cached token costs a hash and a map lookup.
 */
export type IntrospectionCache = OAuthTokenVerifier &
  RevocationListener & {
    /** Whether the introspection of a token is cached. */
    holds(token: string): boolean;
  };

export function createIntrospectionCache(deps: IntrospectionCacheDeps): IntrospectionCache {
  const { verifier, ttlSeconds, clock } = deps;
  /** Grants that were just revoked, and the end of each tombstone in epoch seconds. */
  const tombstones = new LRUCache<string, number>({ max: MAX_TOMBSTONES });
  /**
   * Replaced on each reconnect: an introspection that began before it may be outdated when its response
   * arrives, and must not be stored.
   */
  let entries: Entries | undefined;
  /** Counts changes of grants: an introspection that began before one may be outdated, too. */
  let changes = 0;

  async function introspect(token: string): Promise<AuthInfo> {
    const authInfo = await verifier.verifyAccessToken(token);
    if ((tombstones.get(grantOf(authInfo).grantId) ?? 0) > clock()) throw alreadyRevoked();
    return authInfo;
  }

  async function introspectAndStore(token: string, key: string): Promise<AuthInfo> {
    const entriesBefore = entries;
    const changesBefore = changes;
    const startedAt = clock();
    const authInfo = await introspect(token);
    if (entries === entriesBefore && changes === changesBefore) {
      entries?.store(key, authInfo, startedAt + ttlSeconds);
    }
    return authInfo;
  }

  return {
    holds: (token) => entries?.find(toKey(token), clock()) !== undefined,
    verifyAccessToken: (token) => {
      if (entries === undefined) return introspect(token);
      const key = toKey(token);
      const cached = entries.find(key, clock());
      if (cached !== undefined) return Promise.resolve({ ...cached, token });
      return entries.singleFlight(`${key} ${changes}`, () => introspectAndStore(token, key));
    },
    restored: () => {
      entries = ttlSeconds > 0 ? createEntries() : undefined;
    },
    lost: () => {
      entries = undefined;
    },
    revoked: (gid) => {
      tombstones.set(gid, clock() + TOMBSTONE_SECONDS);
      entries?.removeGrant(gid);
    },
    changed: (gid) => {
      changes += 1;
      entries?.removeGrant(gid);
    },
  };
}

const toKey = (token: string): string => hash("sha256", token, "base64url");

/** Without the token itself: the cache must not hold secrets. */
type CachedInfo = Omit<AuthInfo, "token">;

interface Entry {
  authInfo: CachedInfo;
  grantId: string;
  /** Epoch seconds. */
  until: number;
}

/** Introspections by the hash of their token, and those in flight. */
interface Entries {
  find(key: string, now: number): CachedInfo | undefined;
  /** @param until epoch seconds; the entry ends earlier if the token does. */
  store(key: string, authInfo: AuthInfo, until: number): void;
  /** Removes all tokens of a grant. */
  removeGrant(grantId: string): void;
  singleFlight: SingleFlight<AuthInfo>;
}

function createEntries(): Entries {
  const keysOfGrants = new Map<string, Set<string>>();
  const entries = new LRUCache<string, Entry>({
    max: MAX_TOKENS,
    dispose: ({ grantId }, key) => {
      const keys = keysOfGrants.get(grantId);
      keys?.delete(key);
      if (keys?.size === 0) keysOfGrants.delete(grantId);
    },
  });

  return {
    find: (key, now) => {
      const entry = entries.get(key);
      return entry !== undefined && entry.until > now ? entry.authInfo : undefined;
    },
    store: (key, { token: _secret, ...authInfo }, until) => {
      const { grantId } = grantOf(authInfo);
      entries.set(key, { authInfo, grantId, until: Math.min(until, authInfo.expiresAt ?? 0) });
      keysOfGrants.set(grantId, (keysOfGrants.get(grantId) ?? new Set()).add(key));
    },
    removeGrant: (grantId) => {
      for (const key of keysOfGrants.get(grantId) ?? []) entries.delete(key);
    },
    singleFlight: createSingleFlight(),
  };
}

const alreadyRevoked = (): OAuthError =>
  new OAuthError(OAuthErrorCode.InvalidToken, "The access token has been revoked");
