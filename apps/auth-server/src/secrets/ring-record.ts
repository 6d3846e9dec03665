import { type Clock, ConfigurationError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
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

/** Longer than anything that the ring's keys have sealed; moved on every day. */
const RING_TTL_SECONDS = 400 * DAY_SECONDS;

/** The ring as it was read. */
export interface StoredRing {
  ring: Ring;
  /** The stored text, for writing only over exactly this. */
  text: string;
}

/** The one record that holds the root keys, sealed under MASTER_KEY. */
export interface RingRecord {
  /**
   * Reads it, and makes it where there is none; of several that make it, one wins.
   *
   * @param known what was read before: its keys go on where a store has lost them, and it is not
   *   opened again when it is still the same.
   * @throws {ConfigurationError} when no master key opens it.
   * @throws {UnavailableError} when the store does not answer.
   */
  read(known?: StoredRing): Promise<StoredRing>;
  /** @returns whether it still was what was read; only then it is another one now. */
  write(from: StoredRing, ring: Ring): Promise<boolean>;
  /** Whether exactly the master keys of this process open it. */
  isSealedForAll(stored: StoredRing): boolean;
  /** Which of them does, 0 is the newest, and how many there are. */
  toMasterKey(stored: StoredRing): { position: number; count: number };
}

export interface RingRecordDeps {
  kv: Pick<Kv, "get" | "setIfAbsent" | "compareAndSet" | "touch">;
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
      "MASTER_KEY does not open the key ring in the store: it is not the key that the ring was " +
        "sealed with. Put that key back (in MASTER_KEY, its file, or master-key in DATA_DIR), behind a " +
        "comma if there is a new one. When it is lost, " +
        "empty the store of the authorization server: everybody logs in again (docs/operations.md).",
    );
  }

  return {
    read: async (known) => {
      let entry = await kv.get(keys.ring);
      if (entry === undefined) {
        await kv.setIfAbsent(keys.ring, await seal(known?.ring ?? createRing(clock())), ttl);
        entry = await kv.get(keys.ring);
      }
      if (entry === undefined) throw new TypeError("The key ring ended as soon as it was made.");
      if (entry.expiresAt - clock() < RING_TTL_SECONDS - DAY_SECONDS) {
        await kv.touch(keys.ring, ttl);
      }
      return entry.value === known?.text ? known : await open(entry.value);
    },
    write: async ({ text }, ring) => kv.compareAndSet(keys.ring, text, await seal(ring), ttl),
    isSealedForAll: ({ text }) => isSealedFor(text, masterKeys),
    toMasterKey: ({ text }) => ({
      position: toMasterKeyPosition(text, masterKeys),
      count: masterKeys.length,
    }),
  };
}
