import { bestEffort, type Clock, CodedError, type Logger } from "@taiga-mcp/service";
import { type Broadcast, type Kv, LockTakenError, withLock } from "@taiga-mcp/store";
import type { RootKeys } from "../secrets/root-keys.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createRingTopic } from "../storage/topics.ts";
import {
  addKey,
  type KeyState,
  removeKeys,
  type Ring,
  toRetirement,
  toState,
} from "../secrets/ring.ts";
import type { RingRecord, StoredRing } from "../secrets/ring-record.ts";
import { createSealedRecords } from "../secrets/sealed-records.ts";

/** How long a crashed retirement blocks the next one. */
const LOCK_SECONDS = 60;

export interface KeyStatus {
  id: string;
  /** Epoch seconds. */
  createdAt: number;
  /** When it starts, or started, to seal; epoch seconds. */
  activeFrom: number;
  state: KeyState;
  /** Number of stored records that only this key opens or verifies. */
  records: number;
}

export interface KeyReport {
  /** The newest first. */
  keys: KeyStatus[];
  /** Position in MASTER_KEY of the key that opens the ring (0 is the newest), and length of that list. */
  masterKey: { position: number; count: number };
  /** When `retire` may remove older keys, epoch seconds; absent when there is only one key. */
  retirableFrom?: number;
}

/** Rotation of the root keys by the operator, in the running service and for all replicas. */
export interface KeyRotation {
  /** Counts every record in the store. */
  report(): Promise<KeyReport>;
  /**
   * Adds a key, which starts to seal after a minute.
   * @throws {KeyRotationError} `key_rotation_pending` while another new key is not active yet.
   */
  rotate(): Promise<KeyReport>;
  /**
   * Reseals all records of the older keys with the current key, then removes the older keys. May be
   * repeated after a failure: resealed records stay resealed.
   * @throws {KeyRotationError} `keys_in_use` before `retirableFrom`, while another call is running,
   *   and when a record could not be resealed. No key is removed then.
   */
  retire(): Promise<KeyReport & { resealed: number; removed: number }>;
}

/** The keys cannot be changed now; the message says when they can, and what to do. */
export class KeyRotationError extends CodedError<"key_rotation_pending" | "keys_in_use"> {}

export interface KeyRotationDeps {
  /** The store itself: with the MACs in its texts. */
  kv: Kv;
  keys: Pick<KeyNames, "retirementLock">;
  record: RingRecord;
  rootKeys: RootKeys;
  broadcast: Pick<Broadcast, "publish" | "subscribe">;
  clock: Clock;
  logger: Logger;
}

/** @throws {UnavailableError} from every method when the store does not answer. */
export function createKeyRotation(deps: KeyRotationDeps): KeyRotation {
  const { record, rootKeys, clock, logger } = deps;
  const ringChanges = createRingTopic(deps.broadcast);
  const sealed = createSealedRecords(deps);

  async function report(): Promise<KeyReport> {
    // First, so that a ring that the store has lost is restored instead of created again.
    await rootKeys.refresh();
    const counts = await sealed.count();
    const stored = await record.read();
    return toReport(stored, record, counts, clock());
  }

  async function change(toNext: (ring: Ring) => Ring): Promise<Ring> {
    await rootKeys.refresh();
    const ring = await record.update(toNext);
    // The change is stored. Replicas that miss the message read the ring soon anyway.
    await Promise.all([
      bestEffort(() => ringChanges.publish("changed"), logger, "key ring broadcast failed"),
      bestEffort(() => rootKeys.refresh(), logger, "key ring refresh failed"),
    ]);
    return ring;
  }

  return {
    report,

    rotate: async () => {
      const [added] = await change((ring) => addKey(requireSettled(ring, clock()), clock()));
      logger.info({ rootKey: added.id }, "root key added");
      return await report();
    },

    retire: () =>
      lockRetirement(deps, async (progress) => {
        await rootKeys.refresh();
        const { ring } = await record.read();
        const older = requireRetirable(ring, clock());
        const { resealed, failed } =
          older.size === 0 ? { resealed: 0, failed: 0 } : await sealed.reseal(older, progress);
        if (failed > 0) throw unopenable(failed);
        if (older.size > 0) await change((current) => removeKeys(current, older));
        logger.info({ resealed, rootKeys: [...older] }, "root keys retired");
        return { ...(await report()), resealed, removed: older.size };
      }),
  };
}

function toReport(
  stored: StoredRing,
  record: RingRecord,
  counts: ReadonlyMap<string, number>,
  now: number,
): KeyReport {
  const { ring } = stored;
  return {
    keys: ring.map((key) => ({
      id: key.id,
      createdAt: key.createdAt,
      activeFrom: key.activeFrom,
      state: toState(ring, key, now),
      records: counts.get(key.id) ?? 0,
    })),
    masterKey: record.toMasterKey(stored),
    ...(ring.length > 1 && { retirableFrom: toRetirement(ring, now).from }),
  };
}

const toIsoTime = (time: number): string => new Date(time * 1_000).toISOString();

function requireSettled(ring: Ring, now: number): Ring {
  const [newest] = ring;
  if (toState(ring, newest, now) !== "coming") return ring;
  throw new KeyRotationError(
    "key_rotation_pending",
    `A new key exists already and starts to seal at ${toIsoTime(newest.activeFrom)}.`,
  );
}

/** @returns ids of the keys that may be retired. */
function requireRetirable(ring: Ring, now: number): Set<string> {
  const { older, from } = toRetirement(ring, now);
  if (ring.length > 1 && now < from) {
    throw new KeyRotationError(
      "keys_in_use",
      `Cookies and open pages may need the older keys until ${toIsoTime(from)}. Retire the keys after that.`,
    );
  }
  return new Set(older.map(({ id }) => id));
}

const unopenable = (count: number): KeyRotationError =>
  new KeyRotationError(
    "keys_in_use",
    `${count} records could not be resealed, so no key was removed. The log names the records.`,
  );

/** @param work gets a function that extends the lock; it must be called regularly. */
async function lockRetirement<Result>(
  { kv, keys, clock, logger }: KeyRotationDeps,
  work: (progress: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const options = { ttlSeconds: LOCK_SECONDS };
  let extendedAt = clock();
  try {
    return await withLock({ kv, logger }, keys.retirementLock, options, ({ extend }) =>
      work(async () => {
        if (clock() - extendedAt < LOCK_SECONDS / 3) return;
        extendedAt = clock();
        await extend();
      }),
    );
  } catch (error) {
    if (!(error instanceof LockTakenError)) throw error;
    throw new KeyRotationError(
      "keys_in_use",
      "Another key retirement is running, or was until a minute ago. Try again in a minute.",
    );
  }
}
