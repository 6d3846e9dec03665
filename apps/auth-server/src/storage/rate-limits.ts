import { type Clock, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import type { Store } from "express-rate-limit";
import type { KeyNames } from "./key-names.ts";

/** Each try that fails is another one's success, so this many at once all get their turn. */
const MAX_TRIES = 32;

export interface RateLimit {
  /** Part of the stored names: limits with different names count apart. */
  name: string;
  windowSeconds: number;
  /** Requests of one network address in a window. */
  maximum: number;
}

/** Makes the counters of a limit, for express-rate-limit. */
export type RateLimits = (limit: RateLimit) => Store;

export interface RateLimitsDeps {
  kv: Kv;
  keys: Pick<KeyNames, "rateLimit">;
  clock: Clock;
}

/**
 * Counters in the store, so that all replicas count together and a restart forgets nothing. A
 * window begins with an address's first request. All methods throw `UnavailableError` when the
 * store does not answer.
 */
export const createRateLimits =
  ({ kv, keys, clock }: RateLimitsDeps): RateLimits =>
  ({ name, windowSeconds, maximum }) => {
    /** @param by 1 or -1; a counter is never written beyond what refuses a request already. */
    async function count(address: string, by: 1 | -1) {
      const key = keys.rateLimit(name, address);
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const entry = await kv.get(key);
        const hits = toHits(entry?.value ?? "0", maximum);
        const next = Math.max(0, hits + by);
        const expiresAt = entry?.expiresAt ?? clock() + windowSeconds;
        const ttlSeconds = Math.max(1, expiresAt - clock());
        const isCounted =
          next > maximum + 1 ||
          (entry === undefined
            ? by < 0 || (await kv.setIfAbsent(key, String(next), { ttlSeconds }))
            : await kv.compareAndSet(key, entry.value, String(next), { ttlSeconds }));
        if (isCounted) return { totalHits: next, resetTime: new Date(expiresAt * 1000) };
      }
      throw new UnavailableError("There are too many requests at once. Try again in a moment.");
    }

    return {
      prefix: name,
      increment: (address) => count(address, 1),
      decrement: async (address) => void (await count(address, -1)),
      resetKey: async (address) => void (await kv.delete(keys.rateLimit(name, address))),
    };
  };

/** What is no count was not written by us, and lets nobody through until its window is over. */
const toHits = (text: string, maximum: number): number =>
  /^\d{1,15}$/.test(text) ? Number(text) : maximum + 1;
