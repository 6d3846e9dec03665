import { type Clock, CodedError, type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Entry, Kv } from "@taiga-mcp/store";
import type { RootKeys } from "./root-keys.ts";
import {
  createSealer,
  SEALING_PURPOSES,
  type Sealer,
  SealError,
  type SealMark,
  toSealMark,
} from "./seal.ts";

/** How many records are worked on at a time. */
const AT_A_TIME = 16;

/** How often a record that somebody else keeps changing is looked at, and the whole store. */
const ATTEMPTS = 10;

/** All that is sealed in the store, of whichever kind and Taiga. */
export interface SealedRecords {
  /** How many records each root key has sealed, by its id. Looks at the whole store. */
  count(): Promise<Map<string, number>>;
  /**
   * Seals anew what these root keys have sealed, in place and with the same end. Passes over the
   * store until a whole pass finds none: a failover may make one pass miss some.
   * @throws {UnavailableError} when the store does not answer; what is done is done.
   */
  sealAnew(rootKeyIds: ReadonlySet<string>, progress: () => Promise<void>): Promise<Resealed>;
}

export interface Resealed {
  resealed: number;
  /** Records that could not be opened, or were never still. */
  failed: number;
}

export interface SealedRecordsDeps {
  kv: Pick<Kv, "scan" | "get" | "compareAndSet">;
  rootKeys: RootKeys;
  clock: Clock;
  logger: Logger;
}

export function createSealedRecords(deps: SealedRecordsDeps): SealedRecords {
  const { kv, rootKeys, clock, logger } = deps;
  const sealers = new Map<string, Sealer>(
    SEALING_PURPOSES.map((purpose) => [purpose, createSealer(rootKeys, purpose)]),
  );

  async function find(key: string): Promise<(Entry & { mark: SealMark }) | undefined> {
    const entry = await kv.get(key);
    const mark = entry && toSealMark(entry.value);
    return mark && { ...entry, mark };
  }

  async function count(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    await forEach(kv.scan(""), async (key) => {
      const id = (await find(key))?.mark.rootKeyId;
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    });
    return counts;
  }

  /** @returns whether there was anything to do. */
  async function sealRecordAnew(key: string, ids: ReadonlySet<string>): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const record = await find(key);
      if (record === undefined || !ids.has(record.mark.rootKeyId)) return attempt > 0;
      const sealer = sealers.get(record.mark.purpose);
      if (sealer === undefined) throw new SealError(`Nothing here seals ${key}.`);
      const text = await sealer.seal(key, await sealer.open(key, record.value));
      const ttlSeconds = Math.max(1, record.expiresAt - clock());
      if (await kv.compareAndSet(key, record.value, text, { ttlSeconds })) return true;
    }
    throw new UnavailableError(`The record ${key} is never still.`);
  }

  async function pass(ids: ReadonlySet<string>, progress: () => Promise<void>): Promise<Resealed> {
    const outcome = { resealed: 0, failed: 0 };
    await forEach(kv.scan(""), async (key) => {
      try {
        if (await sealRecordAnew(key, ids)) outcome.resealed += 1;
      } catch (error) {
        if (!(error instanceof CodedError) || error instanceof UnavailableError) throw error;
        outcome.failed += 1;
        logger.error({ err: error, key }, "a record could not be sealed anew");
      }
      await progress();
    });
    return outcome;
  }

  return {
    count,
    sealAnew: async (ids, progress) => {
      let resealed = 0;
      for (let passes = 0; passes < ATTEMPTS; passes += 1) {
        const found = await pass(ids, progress);
        resealed += found.resealed;
        if (found.resealed === 0) return { resealed, failed: found.failed };
      }
      throw new UnavailableError("Records are still being sealed with an older key.");
    },
  };
}

/** Works on a few at a time; ends at the first that fails, when those under way have ended. */
async function forEach(
  names: AsyncIterable<string>,
  work: (name: string) => Promise<void>,
): Promise<void> {
  const iterator = names[Symbol.asyncIterator]();
  let isOver = false;
  async function workOn(): Promise<void> {
    try {
      for (;;) {
        if (isOver) return;
        const next = await iterator.next();
        if (next.done === true) return;
        await work(next.value);
      }
    } finally {
      isOver = true;
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: AT_A_TIME }, workOn));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}
