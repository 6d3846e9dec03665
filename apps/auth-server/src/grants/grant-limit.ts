import type { Clock } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import type { KeyNames } from "../storage/key-names.ts";

/**
 * Ends a user's grants beyond the limit, those first that were unused for the longest time. Called
 * with a new grant that is stored already; that grant counts, but is never ended.
 */
export type EvictOldest = (grant: { grantId: string; accountId: string }) => Promise<void>;

export interface GrantLimitDeps {
  kv: Pick<Kv, "get" | "members">;
  keys: Pick<KeyNames, "accountGrants" | "grant">;
  clock: Clock;
  maxGrantsPerUser: number;
  /** Lifetime of a new grant until the client exchanges its code. */
  newGrantTtlSeconds: number;
  /** See `EngineDeps.endGrant`. */
  endGrant: (grantKey: string) => Promise<void>;
}

export function createGrantLimit(deps: GrantLimitDeps): EvictOldest {
  const { kv, keys, clock, maxGrantsPerUser, newGrantTtlSeconds, endGrant } = deps;

  return async ({ grantId, accountId }) => {
    const names = await kv.members(keys.accountGrants(accountId));
    if (names.length <= maxGrantsPerUser) return;
    const others = names.filter((name) => name !== keys.grant(grantId));
    const grants = await Promise.all(
      others.map(async (name) => ({ name, expiresAt: (await kv.get(name))?.expiresAt ?? 0 })),
    );
    // Each use extends a grant by the same time, so the expiry times show the order of last use.
    const inUse = grants
      .filter(({ expiresAt }) => expiresAt > clock() + newGrantTtlSeconds)
      .toSorted((one, other) => other.expiresAt - one.expiresAt);
    await Promise.all(inUse.slice(maxGrantsPerUser - 1).map(({ name }) => endGrant(name)));
  };
}
