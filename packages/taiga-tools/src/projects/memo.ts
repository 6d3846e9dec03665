import { type Clock } from "../clock.ts";
import { TaigaError, type TaigaErrorCode } from "@taiga-mcp/taiga-client";
import { LRUCache } from "lru-cache";

/** Caches the result of a loader for a limited time; concurrent callers share one load. */
export interface Memo<Key, Value> {
  get(key: Key, load: () => Promise<Value>): Promise<Value>;
  drop(key: Key): void;
}

/** Failures that concern only one caller: it disconnected, or its credential has just ended. */
const CALLER_ERRORS: readonly TaigaErrorCode[] = [
  "aborted",
  "token_not_valid",
  "not_authenticated",
];

/** @param options.max number of entries; the least recently used is evicted first. */
export function createMemo<Key extends string | number, Value>(options: {
  clock: Clock;
  max: number;
  ttlSeconds: number;
}): Memo<Key, Value> {
  const { clock, max, ttlSeconds } = options;
  const entries = new LRUCache<Key, { value: Promise<Value>; expiresAt: number }>({ max });

  const start = (key: Key, load: () => Promise<Value>): Promise<Value> => {
    const entry = { value: load(), expiresAt: clock() + ttlSeconds };
    entries.set(key, entry);
    // Callers that share this load get its failure, but the failure is not cached.
    entry.value.catch(() => {
      if (entries.peek(key) === entry) entries.delete(key);
    });
    return entry.value;
  };

  return {
    async get(key, load) {
      const known = entries.get(key);
      if (known === undefined || known.expiresAt <= clock()) return start(key, load);
      try {
        return await known.value;
      } catch (error) {
        const isCallerError = error instanceof TaigaError && CALLER_ERRORS.includes(error.code);
        if (!isCallerError) throw error;
        return start(key, load);
      }
    },
    drop: (key) => void entries.delete(key),
  };
}
