import { UnavailableError } from "@taiga-mcp/service";
import type { FailureCounterDeps } from "./failure-counter.ts";
import { LOGIN_LIMITS } from "./login-limits.ts";

/** Each try that fails is another one's turn; the failure counter lets attempts in one by one. */
const MAX_TRIES = 32;

/**
 * Turns of a network that has failed a lot: one after the other, in the order in which they came,
 * over all replicas.
 */
export interface NetworkThrottle {
  /**
   * Books the next turn that is free.
   * @returns how many seconds to wait for it; more than `longestWaitSeconds` when nothing was
   *   booked because it is too far away.
   * @throws {UnavailableError} when the store does not answer.
   */
  book(network: string): Promise<number>;
}

export function createNetworkThrottle({ kv, keys, clock }: FailureCounterDeps): NetworkThrottle {
  const { turnsPerSecond, longestWaitSeconds } = LOGIN_LIMITS;
  // A turn is over a second later at the latest, and nobody needs to know of it any more.
  const ttlSeconds = longestWaitSeconds + 1;
  return {
    book: async (network) => {
      const key = keys.rateLimit("login-turn", network);
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        // Turns are numbered from the epoch on.
        const now = clock() * turnsPerSecond;
        const stored = (await kv.get(key))?.value;
        const turn = stored === undefined ? now : Math.max(now, Number(stored) + 1);
        const waitSeconds = (turn - now) / turnsPerSecond;
        if (waitSeconds > longestWaitSeconds) return waitSeconds;
        const text = String(turn);
        const isBooked =
          stored === undefined
            ? await kv.setIfAbsent(key, text, { ttlSeconds })
            : await kv.compareAndSet(key, stored, text, { ttlSeconds });
        if (isBooked) return waitSeconds;
      }
      throw new UnavailableError("There are too many requests at once. Try again in a moment.");
    },
  };
}
