import { type Clock, CodedError, type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Broadcast, Kv } from "@taiga-mcp/store";
import { randomUUID } from "node:crypto";
import type { RootKeys } from "../secrets/root-keys.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { RING_CHANGED } from "../secrets/key-ring.ts";
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

/** How long a retirement that died keeps others from beginning. */
const LOCK_SECONDS = 60;

export interface KeyStatus {
  id: string;
  /** Epoch seconds. */
  createdAt: number;
  /** When it begins, or began, to seal; epoch seconds. */
  activeFrom: number;
  state: KeyState;
  /** How many stored records only this key opens. */
  records: number;
}

export interface KeyReport {
  /** The newest first. */
  keys: KeyStatus[];
  /** Which key of the list MASTER_KEY opens the ring, 0 is the newest, and how many are in it. */
  masterKey: { position: number; count: number };
  /** From when on `retire` has something to remove, epoch seconds; absent when there is one key. */
  retirableFrom?: number;
}

/** What an operator does with the root keys, in the running service and for all its replicas. */
export interface KeyRotation {
  /** Looks at every record in the store. */
  report(): Promise<KeyReport>;
  /**
   * Adds a key, which seals in a minute from now.
   * @throws {KeyRotationError} `key_rotation_pending` while another one is coming.
   */
  rotate(): Promise<KeyReport>;
  /**
   * Seals anew what the keys before the one that seals have sealed, then forgets them. May be called
   * again after a failure: what is done is done.
   * @throws {KeyRotationError} `keys_in_use` before `retirableFrom`, while another call is at it,
   *   and when a record could not be sealed anew; nothing is forgotten then.
   */
  retire(): Promise<KeyReport & { resealed: number; removed: number }>;
}

/** The keys cannot be changed now; the message says until when, and what to do. */
export class KeyRotationError extends CodedError<"key_rotation_pending" | "keys_in_use"> {}

export interface KeyRotationDeps {
  kv: Kv;
  keys: Pick<KeyNames, "retirementLock">;
  record: RingRecord;
  rootKeys: RootKeys;
  broadcast: Pick<Broadcast, "publish">;
  clock: Clock;
  logger: Logger;
}

/** @throws {UnavailableError} from every method when the store does not answer. */
export function createKeyRotation(deps: KeyRotationDeps): KeyRotation {
  const { record, rootKeys, broadcast, clock, logger } = deps;
  const sealed = createSealedRecords(deps);

  async function report(): Promise<KeyReport> {
    // First, because a ring that the store has lost is put back, not made anew.
    await rootKeys.refresh();
    const counts = await sealed.count();
    const stored = await record.read();
    return toReport(stored, record, counts, clock());
  }

  /** Changes the ring, whoever else does at the same time. */
  async function change(toNext: (ring: Ring) => Ring): Promise<Ring> {
    await rootKeys.refresh();
    for (;;) {
      const stored = await record.read();
      const next = toNext(stored.ring);
      if (!(await record.write(stored, next))) continue;
      await announce();
      return next;
    }
  }

  /** The change is made already; replicas that do not hear of it read it in a moment. */
  async function announce(): Promise<void> {
    const outcomes = await Promise.allSettled([
      broadcast.publish(RING_CHANGED),
      rootKeys.refresh(),
    ]);
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue;
      if (!(outcome.reason instanceof UnavailableError)) throw outcome.reason;
      logger.warn({ err: outcome.reason }, "a change of the key ring could not be announced");
    }
  }

  return {
    report,

    rotate: async () => {
      const [added] = await change((ring) => addKey(requireSettled(ring, clock()), clock()));
      logger.info({ rootKey: added.id }, "a key was added");
      return await report();
    },

    retire: () =>
      holdLock(deps, async (progress) => {
        await rootKeys.refresh();
        const { ring } = await record.read();
        const older = requireRetirable(ring, clock());
        const { resealed, failed } =
          older.size === 0 ? { resealed: 0, failed: 0 } : await sealed.sealAnew(older, progress);
        if (failed > 0) throw unopenable(failed);
        if (older.size > 0) await change((current) => removeKeys(current, older));
        logger.info({ resealed, rootKeys: [...older] }, "older keys were retired");
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
    `A new key is there already and seals from ${toIsoTime(newest.activeFrom)} on.`,
  );
}

/** The ids of what may be retired. */
function requireRetirable(ring: Ring, now: number): Set<string> {
  const { older, from } = toRetirement(ring, now);
  if (ring.length > 1 && now < from) {
    throw new KeyRotationError(
      "keys_in_use",
      `Cookies and open pages may need the older keys until ${toIsoTime(from)}. Retire them then.`,
    );
  }
  return new Set(older.map(({ id }) => id));
}

const unopenable = (count: number): KeyRotationError =>
  new KeyRotationError(
    "keys_in_use",
    `${count} records could not be sealed anew, so no key was removed. The log names them.`,
  );

/** @param work is told how to keep the lock while it goes on. */
async function holdLock<Result>(
  { kv, keys, clock, logger }: KeyRotationDeps,
  work: (progress: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const owner = randomUUID();
  const lock = keys.retirementLock;
  if (!(await kv.setIfAbsent(lock, owner, { ttlSeconds: LOCK_SECONDS }))) {
    throw new KeyRotationError(
      "keys_in_use",
      "Keys are being retired already, or were until a minute ago. Look again in a minute.",
    );
  }
  let keptAt = clock();
  try {
    return await work(async () => {
      if (clock() - keptAt < LOCK_SECONDS / 3) return;
      keptAt = clock();
      await kv.touch(lock, { ttlSeconds: LOCK_SECONDS });
    });
  } finally {
    await kv.compareAndDelete(lock, owner).catch((error: unknown) => {
      // It ends by itself.
      logger.warn({ err: error }, "the lock of a retirement could not be given back");
    });
  }
}
