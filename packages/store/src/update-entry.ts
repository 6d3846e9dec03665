import { UnavailableError } from "@taiga-mcp/service";
import { setTimeout as delay } from "node:timers/promises";
import type { Entry, Kv } from "./kv.ts";

/** Each attempt that fails is another caller's success, so this many at once all succeed. */
const MAX_ATTEMPTS = 32;

/** Upper bound of the random pause between two attempts; it doubles up to this. */
const MAX_PAUSE_MS = 32;

export interface EntryChange<Result> {
  /** The new value; `null` deletes the entry; left out, the entry stays as it is. */
  value?: string | null;
  /** Left out, the entry keeps its end; a new entry needs one. */
  ttlSeconds?: number;
  /** What `updateEntry` returns once this change has taken effect. */
  result: Result;
}

/**
 * Changes an entry depending on what it holds, without losing the change of another caller: reads,
 * decides, writes only over what was read (compare-and-set), and starts again when that fails.
 *
 * @param change gets the entry, `undefined` when it is absent; called again for each attempt, so it
 *   must not have effects of its own. What it throws ends the update.
 * @returns the `result` of the change that took effect.
 * @throws {UnavailableError} when other callers were faster 32 times, and when the store does not
 *   answer. Whether the change took effect is unknown in the second case: it is not tried again.
 * @throws {TypeError} when the change creates an entry without `ttlSeconds`.
 */
export async function updateEntry<Result>(
  kv: Pick<Kv, "get" | "setIfAbsent" | "compareAndSet" | "compareAndDelete">,
  key: string,
  change: (entry: Entry | undefined) => EntryChange<Result> | Promise<EntryChange<Result>>,
): Promise<Result> {
  async function write(
    entry: Entry | undefined,
    { value, ttlSeconds }: EntryChange<Result>,
  ): Promise<boolean> {
    if (value === undefined) return true;
    if (value === null) return entry === undefined || kv.compareAndDelete(key, entry.value);
    const end = ttlSeconds === undefined ? {} : { ttlSeconds };
    if (entry !== undefined) return kv.compareAndSet(key, entry.value, value, end);
    if (ttlSeconds === undefined) throw new TypeError("A new entry needs ttlSeconds.");
    return kv.setIfAbsent(key, value, { ttlSeconds });
  }

  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const entry = await kv.get(key);
    const changed = await change(entry);
    if (await write(entry, changed)) return changed.result;
    await delay(Math.random() * Math.min(2 ** attempt, MAX_PAUSE_MS));
  }
  throw new UnavailableError("There are too many requests at once. Try again in a moment.");
}
