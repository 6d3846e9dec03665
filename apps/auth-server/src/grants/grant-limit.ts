import type { Clock } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import type { KeyNames } from "../storage/key-names.ts";

/**
 * Ends the grants of a user that are too many for another one to be in use, those first that were
 * unused for the longest time. Called when the new one counts already, which is never ended.
 */
export type EvictOldest = (grant: { grantId: string; accountId: string }) => Promise<void>;

export interface GrantLimitDeps {
  kv: Pick<Kv, "get" | "members">;
  keys: Pick<KeyNames, "accountGrants" | "grant">;
  clock: Clock;
  maxGrantsPerUser: number;
  /** How long a grant waits for its code to be exchanged. */
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
      others.map(async (name) => ({ name, endsAt: (await kv.get(name))?.expiresAt ?? 0 })),
    );
    // Each use moves a grant's end by the same time, so the ends tell the order of the last uses.
    const inUse = grants
      .filter(({ endsAt }) => endsAt > clock() + newGrantTtlSeconds)
      .toSorted((one, other) => other.endsAt - one.endsAt);
    await Promise.all(inUse.slice(maxGrantsPerUser - 1).map(({ name }) => endGrant(name)));
  };
}
