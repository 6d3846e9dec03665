import { updateEntry } from "@taiga-mcp/store";
import type { FailureCounterDeps } from "./failure-counter.ts";
import { LOGIN_LIMITS } from "./login-limits.ts";

/**
 * Queues the login attempts of a network with many failures: one after the other, in the order of
 * their arrival, over all replicas.
 */
export interface NetworkThrottle {
  /**
   * Books the next free turn.
   * @returns seconds to wait for it; more than `longestWaitSeconds` when no turn was booked because
   *   the next one is too far away.
   * @throws {UnavailableError} when the store does not answer.
   */
  book(network: string): Promise<number>;
}

export function createNetworkThrottle({ kv, keys, clock }: FailureCounterDeps): NetworkThrottle {
  const { turnsPerSecond, longestWaitSeconds } = LOGIN_LIMITS;
  // A turn matters until it has passed, which is a second after its start at the latest.
  const ttlSeconds = longestWaitSeconds + 1;
  return {
    book: (network) =>
      updateEntry(kv, keys.rateLimit("login-turn", network), (entry) => {
        // Turns are numbered from the epoch on.
        const now = clock() * turnsPerSecond;
        const turn = entry === undefined ? now : Math.max(now, Number(entry.value) + 1);
        const waitSeconds = (turn - now) / turnsPerSecond;
        if (waitSeconds > longestWaitSeconds) return { result: waitSeconds };
        return { value: String(turn), ttlSeconds, result: waitSeconds };
      }),
  };
}
