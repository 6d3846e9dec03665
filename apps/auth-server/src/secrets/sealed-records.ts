import { CodedError, type Logger, UnavailableError } from "@taiga-mcp/service";
import { isAuthentic, type Kv, readSigned, toSigned, updateEntry } from "@taiga-mcp/store";
import { createRecordKeys } from "./record-keys.ts";
import type { RootKeys } from "./root-keys.ts";
import { createSealer, SEALING_PURPOSES, type Sealer, SealError, toSealMark } from "./seal.ts";

/** How many records are processed concurrently. */
const CONCURRENCY = 16;

/** Maximum number of passes over the store. */
const MAX_PASSES = 10;

/** All sealed records, and those with a MAC, in the store: of every kind and every Taiga. */
export interface SealedRecords {
  /** Number of records by the id of the root key that protects them. Reads the whole store. */
  count(): Promise<Map<string, number>>;
  /**
   * Seals or signs the records of these root keys anew with the current key, in place and with the same expiry.
   * Repeats until a pass over the store finds none, because a failover may make a pass miss some.
   * @param progress called after each record.
   * @throws {UnavailableError} when the store does not answer. Resealed records stay resealed.
   */
  reseal(rootKeyIds: ReadonlySet<string>, progress: () => Promise<void>): Promise<Resealed>;
}

export interface Resealed {
  resealed: number;
  /** Records that could not be opened, or whose MAC is wrong. */
  failed: number;
}

export interface SealedRecordsDeps {
  /** The store itself: with the MACs in its texts. */
  kv: Pick<Kv, "scan" | "get" | "setIfAbsent" | "compareAndSet" | "compareAndDelete">;
  rootKeys: RootKeys;
  logger: Logger;
}

export function createSealedRecords(deps: SealedRecordsDeps): SealedRecords {
  const { kv, rootKeys, logger } = deps;
  const sealers = new Map<string, Sealer>(
    SEALING_PURPOSES.map((purpose) => [purpose, createSealer(rootKeys, purpose)]),
  );

  const recordKeys = createRecordKeys(rootKeys);

  /** The text with the MAC of the newest key. */
  async function resign(key: string, text: string): Promise<string> {
    const signed = readSigned(text);
    const signer = signed && (await recordKeys.find(signed.keyId));
    if (signed === undefined || signer === undefined || !isAuthentic(key, signed, signer))
      throw new SealError(`The stored record ${key} was not written by this service.`);
    const [newest] = await recordKeys.current();
    return toSigned(key, signed.value, newest);
  }

  async function count(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    await forEach(kv.scan(""), async (key) => {
      const entry = await kv.get(key);
      const id = entry && toRootKeyId(entry.value);
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    });
    return counts;
  }

  /** @returns whether one of the keys had sealed the record. */
  async function resealRecord(key: string, ids: ReadonlySet<string>): Promise<boolean> {
    let isFound = false;
    return await updateEntry(kv, key, async (entry) => {
      const id = entry && toRootKeyId(entry.value);
      if (entry === undefined || id === undefined || !ids.has(id)) return { result: isFound };
      isFound = true;
      const mark = toSealMark(entry.value);
      if (mark === undefined) return { value: await resign(key, entry.value), result: true };
      const sealer = sealers.get(mark.purpose);
      if (sealer === undefined) throw new SealError(`The record ${key} has an unknown purpose.`);
      const text = await sealer.open(key, entry.value);
      return { value: await sealer.seal(key, text), result: true };
    });
  }

  async function pass(ids: ReadonlySet<string>, progress: () => Promise<void>): Promise<Resealed> {
    const outcome = { resealed: 0, failed: 0 };
    await forEach(kv.scan(""), async (key) => {
      try {
        if (await resealRecord(key, ids)) outcome.resealed += 1;
      } catch (error) {
        if (!(error instanceof CodedError) || error instanceof UnavailableError) throw error;
        outcome.failed += 1;
        logger.error({ err: error, key }, "record reseal failed");
      }
      await progress();
    });
    return outcome;
  }

  return {
    count,
    reseal: async (ids, progress) => {
      let resealed = 0;
      for (let passes = 0; passes < MAX_PASSES; passes += 1) {
        const found = await pass(ids, progress);
        resealed += found.resealed;
        if (found.resealed === 0) return { resealed, failed: found.failed };
      }
      throw new UnavailableError("Another process still seals records with an older key.");
    },
  };
}

/** The root key that a text names; `undefined` for one that is neither sealed nor signed. */
const toRootKeyId = (text: string): string | undefined =>
  readSigned(text)?.keyId ?? toSealMark(text)?.rootKeyId;

/** Processes several names concurrently. After a failure, waits for the running calls and rejects. */
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
  const outcomes = await Promise.allSettled(Array.from({ length: CONCURRENCY }, workOn));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}
