import { type Clock, ConfigurationError } from "@taiga-mcp/service";
import { type Kv, updateEntry } from "@taiga-mcp/store";
import type { KeyNames } from "../storage/key-names.ts";
import { createRing, type Ring } from "./ring.ts";
import {
  isSealedFor,
  type MasterKeys,
  openRing,
  sealRing,
  toMasterKeyPosition,
} from "./ring-envelope.ts";

const DAY_SECONDS = 86_400;

/** Longer than any record that the ring's keys have sealed; extended every day. */
const RING_TTL_SECONDS = 400 * DAY_SECONDS;

/** The ring as it was read. */
export interface StoredRing {
  ring: Ring;
  /** The stored text, for compare-and-set. */
  text: string;
}

/** The one record that holds the root keys, sealed under MASTER_KEY. */
export interface RingRecord {
  /**
   * Reads the ring, or creates it when there is none. When several processes create it, one wins.
   *
   * @param known the result of an earlier read: it is written back when the store has lost the ring,
   *   and returned without decryption when the stored text is still the same.
   * @throws {ConfigurationError} when no master key opens the ring.
   * @throws {UnavailableError} when the store does not answer.
   */
  read(known?: StoredRing): Promise<StoredRing>;
  /**
   * Overwrites the ring, only if it is unchanged since it was read.
   * @returns whether it was written.
   */
  write(from: StoredRing, ring: Ring): Promise<boolean>;
  /**
   * Changes the ring, also while other processes change it.
   * @param toNext called again when another process was faster; what it throws ends the update.
   * @returns the new ring.
   * @throws {ConfigurationError} when no master key opens the ring.
   * @throws {UnavailableError} when the store does not answer.
   */
  update(toNext: (ring: Ring) => Ring): Promise<Ring>;
  /** Whether exactly the master keys of this process open the ring. */
  isSealedForAll(stored: StoredRing): boolean;
  /** Position of the first master key that opens the ring (0 is the newest), and their number. */
  toMasterKey(stored: StoredRing): { position: number; count: number };
}

export interface RingRecordDeps {
  kv: Pick<Kv, "get" | "setIfAbsent" | "compareAndSet" | "compareAndDelete" | "touch">;
  keys: Pick<KeyNames, "ring">;
  masterKeys: MasterKeys;
  clock: Clock;
}

export function createRingRecord({ kv, keys, masterKeys, clock }: RingRecordDeps): RingRecord {
  const ttl = { ttlSeconds: RING_TTL_SECONDS };
  const seal = (ring: Ring): Promise<string> => sealRing(ring, masterKeys, keys.ring);

  async function open(text: string): Promise<StoredRing> {
    const ring = await openRing(text, masterKeys, keys.ring);
    if (ring !== undefined) return { ring, text };
    throw new ConfigurationError(
      "MASTER_KEY does not open the key ring in the store, because the ring was sealed with another " +
        "key. Restore that key (in MASTER_KEY, its file, or master-key in DATA_DIR); append it after a " +
        "comma if there is a new one. If it is lost, empty the store of the authorization server: " +
        "all users must log in again (docs/operations.md).",
    );
  }

  return {
    read: async (known) => {
      let entry = await kv.get(keys.ring);
      if (entry === undefined) {
        await kv.setIfAbsent(keys.ring, await seal(known?.ring ?? createRing(clock())), ttl);
        entry = await kv.get(keys.ring);
      }
      if (entry === undefined)
        throw new TypeError("The key ring expired right after it was created.");
      if (entry.expiresAt - clock() < RING_TTL_SECONDS - DAY_SECONDS) {
        await kv.touch(keys.ring, ttl);
      }
      return entry.value === known?.text ? known : await open(entry.value);
    },
    write: async ({ text }, ring) => kv.compareAndSet(keys.ring, text, await seal(ring), ttl),
    update: (toNext) =>
      updateEntry(kv, keys.ring, async (entry) => {
        const ring = entry === undefined ? createRing(clock()) : (await open(entry.value)).ring;
        const result = toNext(ring);
        return { value: await seal(result), ...ttl, result };
      }),
    isSealedForAll: ({ text }) => isSealedFor(text, masterKeys),
    toMasterKey: ({ text }) => ({
      position: toMasterKeyPosition(text, masterKeys),
      count: masterKeys.length,
    }),
  };
}
