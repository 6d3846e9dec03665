import type { Clock } from "@taiga-mcp/service";
import { LRUCache } from "lru-cache";

/** More than the connections that are active within a minute. */
const MAX_KEYS = 20_000;

export interface TokenBucketsOptions {
  /** How much one key may do at once, and how much of it comes back in a minute. */
  perMinute: number;
  clock: Clock;
}

/** Limits how often something is done, separately for each key. Counts in this process. */
export interface TokenBuckets {
  /** @returns for how many seconds the key has to wait; 0 if it may go on now, which is counted. */
  take(key: string): number;
  /** Takes back a `take` that nothing was done for. */
  refund(key: string): void;
}

/** Token buckets, one for each key. A forgotten key starts full. */
export function createTokenBuckets({ perMinute, clock }: TokenBucketsOptions): TokenBuckets {
  const perSecond = perMinute / 60;
  const buckets = new LRUCache<string, { tokens: number; at: number }>({ max: MAX_KEYS });

  function fill(key: string): { tokens: number; at: number } {
    const now = clock();
    const { tokens, at } = buckets.get(key) ?? { tokens: perMinute, at: now };
    // Clocks may be set back.
    const added = Math.max(0, now - at) * perSecond;
    const bucket = { tokens: Math.min(perMinute, tokens + added), at: now };
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    take: (key) => {
      const bucket = fill(key);
      if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
      bucket.tokens -= 1;
      return 0;
    },
    refund: (key) => {
      fill(key).tokens += 1;
    },
  };
}
