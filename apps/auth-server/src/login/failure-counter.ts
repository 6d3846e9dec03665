import { type Clock, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { z } from "zod";
import type { KeyNames } from "../storage/key-names.ts";

/** Each try that fails is another replica's success, so this many replicas all get their turn. */
const MAX_TRIES = 32;

/** Epoch seconds, the oldest first. */
const Times = z.array(z.int());

export interface FailureCounterDeps {
  kv: Kv;
  keys: Pick<KeyNames, "rateLimit">;
  clock: Clock;
}

export interface FailureCounterOptions {
  /** Part of the stored names: counters with different names count apart. */
  name: string;
  /** How many of the latest failures are kept. */
  kept: number;
  /** How long after the latest of them, in seconds. */
  keptSeconds: number;
}

/**
 * When somebody failed lately, in the store, so that all replicas count together and a restart
 * forgets nothing.
 *
 * @throws {UnavailableError} from every method when the store does not answer.
 */
export interface FailureCounter {
  /**
   * Writes down a failure now, before it is known to be one: so attempts that are made at the same
   * time count as well.
   * @param isRefused looks at the failures so far; nothing is written when it says so.
   * @returns the failures so far; with `takeBack` when another one was written.
   */
  add(
    who: string,
    isRefused: (failures: readonly number[]) => boolean,
  ): Promise<{ failures: readonly number[]; takeBack?: () => Promise<void> }>;
  forget(who: string): Promise<void>;
}

/** @returns what is to be stored, `undefined` to leave what is there. */
type Change = (times: readonly number[]) => readonly number[] | undefined;

export function createFailureCounter(
  { kv, keys, clock }: FailureCounterDeps,
  { name, kept, keptSeconds: ttlSeconds }: FailureCounterOptions,
): FailureCounter {
  const withMutex = createKeyedMutex();
  const change = (who: string, toNext: Change): Promise<readonly number[]> =>
    withMutex(who, () => tryToChange(who, toNext));

  async function tryToChange(who: string, toNext: Change): Promise<readonly number[]> {
    const key = keys.rateLimit(name, who);
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const stored = (await kv.get(key))?.value;
      const times = stored === undefined ? [] : Times.parse(JSON.parse(stored));
      const next = toNext(times);
      if (next === undefined) return times;
      const text = JSON.stringify(next.slice(-kept));
      const isStored =
        stored === undefined
          ? await kv.setIfAbsent(key, text, { ttlSeconds })
          : await kv.compareAndSet(key, stored, text, { ttlSeconds });
      if (isStored) return times;
    }
    throw new UnavailableError("There are too many requests at once. Try again in a moment.");
  }

  return {
    add: async (who, isRefused) => {
      const now = clock();
      let isAdded = false;
      const failures = await change(who, (times) => {
        isAdded = !isRefused(times);
        return isAdded ? [...times, now].toSorted((one, other) => one - other) : undefined;
      });
      if (!isAdded) return { failures };
      const takeBack = async (): Promise<void> => {
        await change(who, (times) => {
          const index = times.lastIndexOf(now);
          return index === -1 ? undefined : times.toSpliced(index, 1);
        });
      };
      return { failures, takeBack };
    },
    forget: async (who) => void (await kv.delete(keys.rateLimit(name, who))),
  };
}

/**
 * Runs works on the same thing one after the other, in this process. Many that change one record at
 * once would otherwise fail each other's tries; between replicas those tries remain.
 */
type KeyedMutex = <T>(thing: string, work: () => Promise<T>) => Promise<T>;

function createKeyedMutex(): KeyedMutex {
  const latest = new Map<string, Promise<unknown>>();
  return async (thing, work) => {
    const before = latest.get(thing);
    const own = before === undefined ? work() : before.then(work, work);
    latest.set(thing, own);
    try {
      return await own;
    } finally {
      if (latest.get(thing) === own) latest.delete(thing);
    }
  };
}
