import type { Logger } from "@taiga-mcp/service";
import type { Entry, Kv } from "./kv.ts";
import { isAuthentic, readSigned, type RecordKey, toSigned } from "./record-mac.ts";

/**
 * Why a record is refused:
 *
 * - `unsigned`: it has no MAC; an earlier version wrote it, or somebody else.
 * - `unknown_key`: its key does not exist, or not any more.
 * - `wrong_mac`: it was changed, or copied from another name.
 */
export type RefusalReason = "unsigned" | "unknown_key" | "wrong_mac";

/** The keys that authenticate records; they may change. */
export interface RecordKeys {
  /**
   * All keys; the first one signs.
   * @throws {UnavailableError} when they cannot be read.
   */
  current(): Promise<readonly [RecordKey, ...RecordKey[]]>;
  /**
   * The key that a record names; another process may know a newer one than this process.
   * @throws {UnavailableError} when it is unknown here and the keys cannot be read.
   */
  find(id: string): Promise<RecordKey | undefined>;
}

export interface SignedKvDeps {
  kv: Kv;
  keys: RecordKeys;
  /** Whether the record of this name has a MAC; others pass through. */
  isSigned: (name: string) => boolean;
  /** Whether records without a MAC are accepted, as an earlier version wrote them. */
  adoptsUnsigned: boolean;
  logger: Logger;
  onRefused?: (reason: RefusalReason) => void;
}

/**
 * A store whose records have a MAC over name and value: who can write to the store, but does not
 * have the key, can make no record, change none, and put none under another name. A record that
 * fails is absent for every operation.
 *
 * It cannot prevent that a record is deleted, lives longer, or that a whole earlier record is put
 * back under its own name. Indexes have no MAC: see docs/storage.md.
 *
 * One round trip an operation, as without it, but for a claim that finds its name taken, and for a
 * compare-and-set that fails while there are several keys.
 */
export function createSignedKv(deps: SignedKvDeps): Kv {
  const { kv, keys, isSigned, adoptsUnsigned, logger } = deps;

  function refuse(name: string, reason: RefusalReason): undefined {
    logger.error({ record: name, reason }, "store record refused: not written by this service");
    deps.onRefused?.(reason);
  }

  async function verify(name: string, entry: Entry): Promise<Entry | undefined> {
    const signed = readSigned(entry.value);
    if (signed === undefined) return adoptsUnsigned ? entry : refuse(name, "unsigned");
    const key = await keys.find(signed.keyId);
    if (key === undefined) return refuse(name, "unknown_key");
    if (!isAuthentic(name, signed, key)) return refuse(name, "wrong_mac");
    return { ...entry, value: signed.value };
  }

  async function get(name: string): Promise<Entry | undefined> {
    const entry = await kv.get(name);
    return entry && isSigned(name) ? await verify(name, entry) : entry;
  }

  async function sign(name: string, value: string): Promise<string> {
    if (!isSigned(name)) return value;
    const [key] = await keys.current();
    return toSigned(name, value, key);
  }

  /** The texts under which a value may be in the store, the most likely first. */
  async function toTexts(name: string, value: string): Promise<string[]> {
    if (!isSigned(name)) return [value];
    const texts = (await keys.current()).map((key) => toSigned(name, value, key));
    return adoptsUnsigned ? [...texts, value] : texts;
  }

  /** Tries each text that `expected` may be stored as, until one is there. */
  async function onlyOver(
    name: string,
    expected: string,
    attempt: (text: string) => Promise<boolean>,
  ): Promise<boolean> {
    for (const text of await toTexts(name, expected)) {
      if (await attempt(text)) return true;
    }
    return false;
  }

  /** A forged record must not take the name of a new one. @returns whether the name is free now. */
  async function removeForged(name: string): Promise<boolean> {
    if (!isSigned(name)) return false;
    const entry = await kv.get(name);
    if (entry === undefined || (await verify(name, entry)) !== undefined) return false;
    return await kv.compareAndDelete(name, entry.value);
  }

  return {
    get,

    set: async (name, value, options) => kv.set(name, await sign(name, value), options),

    setIfAbsent: async (name, value, options) => {
      const text = await sign(name, value);
      if (await kv.setIfAbsent(name, text, options)) return true;
      return (await removeForged(name)) && (await kv.setIfAbsent(name, text, options));
    },

    replace: async (name, value, options) => kv.replace(name, await sign(name, value), options),

    compareAndSet: async (name, expected, value, options) => {
      const next = await sign(name, value);
      return await onlyOver(name, expected, (text) => kv.compareAndSet(name, text, next, options));
    },

    compareAndDelete: (name, expected) =>
      onlyOver(name, expected, (text) => kv.compareAndDelete(name, text)),

    touch: (name, options) => kv.touch(name, options),
    delete: (name) => kv.delete(name),
    members: (index) => kv.members(index),
    firstToEnd: (index, options) => kv.firstToEnd(index, options),
    deleteMembers: (index) => kv.deleteMembers(index),
    scan: (prefix) => kv.scan(prefix),
    ping: () => kv.ping(),
    time: () => kv.time(),
    inspect: () => kv.inspect(),
    close: () => kv.close(),
  };
}
