import { bestEffort, type Logger, UnavailableError } from "@taiga-mcp/service";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Kv } from "./kv.ts";

const DEFAULT_POLL_MS = 100;

export interface LockDeps {
  kv: Pick<Kv, "setIfAbsent" | "compareAndSet" | "compareAndDelete">;
  logger?: Logger;
  sleep?: (ms: number) => Promise<unknown>;
}

export interface LockOptions<Result> {
  /** Longer than the work takes, or than from one `extend` to the next: then the lock ends. */
  ttlSeconds: number;
  /** How long to wait while another holder has the lock; left out, not at all. */
  waitMs?: number;
  /** How often to try meanwhile, on average; left out, every 100 ms. */
  pollMs?: number;
  /** Ends the wait. */
  signal?: AbortSignal;
  /**
   * Called each time the lock is found taken, because its holder may have done what the lock is
   * wanted for: a result other than `undefined` ends the wait and is the answer.
   */
  whileTaken?: () => Promise<Result | undefined>;
}

export interface HeldLock {
  /**
   * Moves the end of the lock to `ttlSeconds` from now.
   * @throws {LockTakenError} when the lock has ended meanwhile: another holder may have it.
   */
  extend: () => Promise<void>;
}

/** Another holder has the lock. Unless it is caught, the caller is told to try again. */
export class LockTakenError extends UnavailableError {
  constructor() {
    super("Another request is at work on the same thing. Try again in a moment.");
  }
}

/**
 * Does work that only one caller may do at a time, over all processes that share the store. A
 * holder that dies keeps the lock until `ttlSeconds` are over.
 *
 * @returns what `work` returns, or `whileTaken`.
 * @throws {LockTakenError} when another holder has the lock, and still has it after `waitMs`.
 * @throws {UnavailableError} when the store does not answer; `work` was not started.
 * @throws the signal's reason when it aborts before the lock is there.
 */
export async function withLock<Result>(
  deps: LockDeps,
  key: string,
  options: LockOptions<Result>,
  work: (lock: HeldLock) => Promise<Result>,
): Promise<Result> {
  const { ttlSeconds, waitMs = 0, pollMs = DEFAULT_POLL_MS, signal, whileTaken } = options;
  const { kv, logger } = deps;
  const sleep = deps.sleep ?? ((ms: number) => delay(ms, undefined, signal && { signal }));
  const token = randomUUID();

  /** What was done under the lock stands even when this fails: the lock ends by itself. */
  const release = (): Promise<boolean> =>
    bestEffort(() => kv.compareAndDelete(key, token), logger, "lock release failed", { key });

  async function take(): Promise<boolean> {
    try {
      return await kv.setIfAbsent(key, token, { ttlSeconds });
    } catch (error) {
      // The lock may be ours although the answer was lost.
      await release();
      throw error;
    }
  }

  async function extend(): Promise<void> {
    if (!(await kv.compareAndSet(key, token, token, { ttlSeconds }))) throw new LockTakenError();
  }

  for (let waitedMs = 0; ;) {
    signal?.throwIfAborted();
    if (await take()) {
      try {
        return await work({ extend });
      } finally {
        await release();
      }
    }
    const outcome = await whileTaken?.();
    if (outcome !== undefined) return outcome;
    if (waitedMs >= waitMs) throw new LockTakenError();
    const pauseMs = pollMs * (0.5 + Math.random());
    waitedMs += pauseMs;
    await sleep(pauseMs).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  }
}
