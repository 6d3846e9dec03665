import type { Clock } from "@taiga-mcp/service";
import { type Kv, updateEntry } from "@taiga-mcp/store";
import { z } from "zod";
import type { KeyNames } from "../storage/key-names.ts";

/** Epoch seconds, the oldest first. */
const Times = z.array(z.int());

export interface FailureCounterDeps {
  kv: Kv;
  keys: Pick<KeyNames, "rateLimit">;
  clock: Clock;
}

export interface FailureCounterOptions {
  /** Part of the storage keys: counters with different names count separately. */
  name: string;
  /** How many of the latest failures are stored. */
  kept: number;
  /** How long they are stored after the latest of them, in seconds. */
  keptSeconds: number;
}

/**
 * Times of recent failures. They are in the store, so that all replicas count together and a restart
 * does not reset them.
 *
 * @throws {UnavailableError} from every method when the store does not answer.
 */
export interface FailureCounter {
  /**
   * Records a failure before the attempt is made, so that concurrent attempts count as well.
   * @param subject account or network that makes the attempt.
   * @param isRefused decides by the failures so far; when it returns true, nothing is recorded.
   * @returns the failures so far, and `takeBack` when another one was recorded.
   */
  add(
    subject: string,
    isRefused: (failures: readonly number[]) => boolean,
  ): Promise<{ failures: readonly number[]; takeBack?: () => Promise<void> }>;
  forget(subject: string): Promise<void>;
}

/** @returns the times to store; `undefined` to change nothing. */
type Change = (times: readonly number[]) => readonly number[] | undefined;

export function createFailureCounter(
  { kv, keys, clock }: FailureCounterDeps,
  { name, kept, keptSeconds: ttlSeconds }: FailureCounterOptions,
): FailureCounter {
  const withMutex = createKeyedMutex();
  /** @returns the times before the change. */
  const change = (subject: string, toNext: Change): Promise<readonly number[]> =>
    withMutex(subject, () =>
      updateEntry(kv, keys.rateLimit(name, subject), (entry) => {
        const times = entry === undefined ? [] : Times.parse(JSON.parse(entry.value));
        const next = toNext(times);
        if (next === undefined) return { result: times };
        return { value: JSON.stringify(next.slice(-kept)), ttlSeconds, result: times };
      }),
    );

  return {
    add: async (subject, isRefused) => {
      const now = clock();
      let isAdded = false;
      const failures = await change(subject, (times) => {
        isAdded = !isRefused(times);
        return isAdded ? [...times, now].toSorted((one, other) => one - other) : undefined;
      });
      if (!isAdded) return { failures };
      const takeBack = async (): Promise<void> => {
        await change(subject, (times) => {
          const index = times.lastIndexOf(now);
          return index === -1 ? undefined : times.toSpliced(index, 1);
        });
      };
      return { failures, takeBack };
    },
    forget: async (subject) => void (await kv.delete(keys.rateLimit(name, subject))),
  };
}

/**
 * Runs tasks with the same key one after the other, in this process. Concurrent updates of one record
 * would otherwise make each other's attempts fail; between replicas, they still can.
 */
type KeyedMutex = <T>(key: string, task: () => Promise<T>) => Promise<T>;

function createKeyedMutex(): KeyedMutex {
  const latest = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const before = latest.get(key);
    const own = before === undefined ? task() : before.then(task, task);
    latest.set(key, own);
    try {
      return await own;
    } finally {
      if (latest.get(key) === own) latest.delete(key);
    }
  };
}
