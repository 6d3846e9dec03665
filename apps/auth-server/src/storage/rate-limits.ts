import type { Clock } from "@taiga-mcp/service";
import { type Kv, updateEntry } from "@taiga-mcp/store";
import type { Store } from "express-rate-limit";
import type { KeyNames } from "./key-names.ts";

export interface RateLimit {
  /** Part of the storage keys: limits with different names count separately. */
  name: string;
  windowSeconds: number;
  /** Requests that one network address may make in a window. */
  maximum: number;
}

/** Creates the counters of a limit, for express-rate-limit. */
export type RateLimits = (limit: RateLimit) => Store;

export interface RateLimitsDeps {
  kv: Kv;
  keys: Pick<KeyNames, "rateLimit">;
  clock: Clock;
}

/**
 * Counters in the store, so that all replicas count together and a restart does not reset them. A
 * window begins with an address's first request. All methods throw `UnavailableError` when the
 * store does not answer.
 */
export const createRateLimits =
  ({ kv, keys, clock }: RateLimitsDeps): RateLimits =>
  ({ name, windowSeconds, maximum }) => {
    /** @param by 1 or -1. A counter that is above the maximum already is not increased further. */
    const count = (address: string, by: 1 | -1) =>
      updateEntry(kv, keys.rateLimit(name, address), (entry) => {
        const next = Math.max(0, toHits(entry?.value ?? "0", maximum) + by);
        const secondsLeft = entry === undefined ? windowSeconds : entry.expiresAt - clock();
        // express-rate-limit compares it with the clock of this machine.
        const resetTime = new Date(Date.now() + secondsLeft * 1_000);
        const result = { totalHits: next, resetTime };
        if (next > maximum + 1 || (entry === undefined && by < 0)) return { result };
        const value = String(next);
        return entry === undefined
          ? { value, ttlSeconds: windowSeconds, result }
          : { value, result };
      });

    return {
      prefix: name,
      increment: (address) => count(address, 1),
      decrement: async (address) => void (await count(address, -1)),
      resetKey: async (address) => void (await kv.delete(keys.rateLimit(name, address))),
    };
  };

/** A value that is not a number was not written by this code: refuse requests until it expires. */
const toHits = (text: string, maximum: number): number =>
  /^\d{1,15}$/.test(text) ? Number(text) : maximum + 1;
