import { TaigaError } from "@taiga-mcp/taiga-client";
import { isOutage, ToolError } from "../errors.ts";

/** How long a call waits for its turn before it gives up. */
const WAIT_MS = 10_000;

/**
 * How long a lock lasts in the store if its holder dies. Longer than one request to Taiga may take
 * after half of it has passed, see {@link Turn.verifyHeld}.
 */
const TTL_SECONDS = 30;

/** How often a waiting replica asks the store, on average. */
const POLL_MS = 50;

/**
 * A lock that all replicas share, such as the store's.
 *
 * Rejects with an `Outage` when the lock stays taken for `waitMs` or the store does not answer;
 * `work` was not started then. `whileTaken` is called each time the lock is found taken.
 */
export type SharedLock = <Result>(
  key: string,
  options: {
    ttlSeconds: number;
    waitMs: number;
    pollMs: number;
    signal: AbortSignal;
    whileTaken: () => Promise<undefined>;
  },
  work: (lock: { extend: () => Promise<void> }) => Promise<Result>,
) => Promise<Result>;

/** The turn of one call to write. */
export interface Turn {
  /** Another call had the turn before: what was read before `work` started may be out of date. */
  waited: boolean;
  /**
   * Call this before each write. Renews the lock after half of its time.
   * @throws {ToolError} `busy` when the turn has ended: nothing may be written any more.
   */
  verifyHeld: () => Promise<void>;
}

/**
 * Runs work while no other call, of any user on any replica, works under the same key. Taiga saves
 * the whole row as a request has read it, so of two requests that overlap one undoes the other.
 *
 * @param key what is written, such as `story 101`.
 * @param name what the caller calls it, for the message.
 * @throws {ToolError} `busy` when it is not this call's turn within ten seconds; `work` was not
 *   started.
 * @throws {Outage} when the store does not answer; `work` was not started.
 */
export type LockWrites = <Result>(
  key: string,
  name: string,
  work: (turn: Turn) => Promise<Result>,
) => Promise<Result>;

export interface WriteLocks {
  for(call: { signal: AbortSignal }): LockWrites;
}

/**
 * Creates the write locks of a process. Calls of the same process queue here, so only one of them
 * asks the store.
 *
 * @param shared without one, there is only this process.
 */
export function createWriteLocks(
  shared: SharedLock | undefined,
  waitMs: number = WAIT_MS,
): WriteLocks {
  const queue = createQueue();
  return {
    for:
      ({ signal }) =>
      (key, name, work) =>
        queue(key, { waitMs, signal, name }, (wasQueued) => {
          if (shared === undefined) return work({ waited: wasQueued, verifyHeld: async () => {} });
          return runShared(shared, { key, name, waitMs, signal, wasQueued }, work);
        }),
  };
}

interface SharedRun {
  key: string;
  name: string;
  waitMs: number;
  signal: AbortSignal;
  wasQueued: boolean;
}

async function runShared<Result>(
  shared: SharedLock,
  { key, name, waitMs, signal, wasQueued }: SharedRun,
  work: (turn: Turn) => Promise<Result>,
): Promise<Result> {
  let wasTaken = false;
  let hasStarted = false;
  const whileTaken = async () => {
    wasTaken = true;
    return undefined;
  };
  try {
    return await shared(
      `write-lock:${key}`,
      { ttlSeconds: TTL_SECONDS, waitMs, pollMs: POLL_MS, signal, whileTaken },
      (lock) => {
        hasStarted = true;
        let renewedAt = performance.now();
        const verifyHeld = async () => {
          if (performance.now() - renewedAt < (TTL_SECONDS * 1_000) / 2) return;
          await lock.extend().catch((error: unknown) => {
            throw isOutage(error) ? busy(name) : error;
          });
          renewedAt = performance.now();
        };
        return work({ waited: wasQueued || wasTaken, verifyHeld });
      },
    );
  } catch (error) {
    if (hasStarted) throw error;
    if (signal.aborted) throw cancelled();
    throw wasTaken && isOutage(error) ? busy(name) : error;
  }
}

const busy = (name: string): ToolError =>
  new ToolError(
    "busy",
    `Other calls are writing ${name} at this moment. Nothing of it was written. Call again in a few seconds.`,
  );

const cancelled = () => new TaigaError("aborted", "The call was cancelled.");

type Queue = <Result>(
  key: string,
  wait: { waitMs: number; signal: AbortSignal; name: string },
  work: (wasQueued: boolean) => Promise<Result>,
) => Promise<Result>;

/** First come, first served. */
function createQueue(): Queue {
  /** Resolves when everyone who has queued so far is done. */
  const tails = new Map<string, Promise<void>>();
  return async (key, wait, work) => {
    const before = tails.get(key);
    const { promise: done, resolve: leave } = Promise.withResolvers<void>();
    const tail = (before ?? Promise.resolve()).then(() => done);
    tails.set(key, tail);
    try {
      if (before !== undefined) await untilDone(before, wait);
      return await work(before !== undefined);
    } finally {
      leave();
      if (tails.get(key) === tail) tails.delete(key);
    }
  };
}

async function untilDone(
  before: Promise<void>,
  { waitMs, signal, name }: { waitMs: number; signal: AbortSignal; name: string },
): Promise<void> {
  if (signal.aborted) throw cancelled();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(busy(name)), waitMs);
  const abort = () => reject(cancelled());
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([before, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
