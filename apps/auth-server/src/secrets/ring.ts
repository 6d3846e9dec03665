import { randomBytes } from "node:crypto";
import type { RootKey } from "./root-keys.ts";
import { SESSION_TTL_SECONDS } from "../storage/interaction-lifetimes.ts";

/** All root keys, the newest first. */
export type Ring = readonly [RootKey, ...RootKey[]];

/** What a key is for: it will seal, it seals, it only opens what it once sealed. */
export type KeyState = "coming" | "sealing" | "opening";

/**
 * How long a new key waits before it seals, in seconds: every process must know it by then. One that
 * has not read the ring for longer than `STALE_SECONDS` answers nothing, so none that answers can
 * miss a key in use; the difference is for clocks that differ.
 */
export const ACTIVATION_SECONDS = 60;
export const STALE_SECONDS = 40;

/**
 * How long after a key has begun to seal the older ones are still needed, in seconds: until every
 * cookie, session and open page that they signed has ended. Three times as long as any of them lives.
 */
const RETIRE_AFTER_SECONDS = 3 * SESSION_TTL_SECONDS;

/** The ring of an installation that has none: its key seals at once. */
export const createRing = (now: number): Ring => [createRootKey(now, now)];

const createRootKey = (createdAt: number, activeFrom: number): RootKey => ({
  id: randomBytes(6).toString("base64url"),
  secret: new Uint8Array(randomBytes(32)),
  createdAt,
  activeFrom,
});

/** The ring with one more key, which never becomes active before one that is older. */
export function addKey(ring: Ring, now: number): Ring {
  const activeFrom = Math.max(now, ring[0].activeFrom) + ACTIVATION_SECONDS;
  return [createRootKey(now, activeFrom), ...ring];
}

/** The ring without some of its keys; the one that seals is never among them. */
export function removeKeys(ring: Ring, ids: ReadonlySet<string>): Ring {
  const [newest, ...rest] = ring.filter(({ id }) => !ids.has(id));
  if (newest === undefined) throw new TypeError("A ring needs a key.");
  return [newest, ...rest];
}

/**
 * The key that seals and signs. By a clock that is behind, none may be active yet: then it is the
 * oldest, which every process knows.
 */
export const toSealingKey = (ring: Ring, now: number): RootKey =>
  ring.find(({ activeFrom }) => activeFrom <= now) ?? ring.at(-1) ?? ring[0];

/** The keys in the order of their use: the one that seals first. */
export function toUse(ring: Ring, now: number): Ring {
  const sealing = toSealingKey(ring, now);
  return sealing === ring[0] ? ring : [sealing, ...ring.filter((key) => key !== sealing)];
}

export function toState(ring: Ring, key: RootKey, now: number): KeyState {
  const difference = ring.indexOf(key) - ring.indexOf(toSealingKey(ring, now));
  if (difference === 0) return "sealing";
  return difference < 0 ? "coming" : "opening";
}

/**
 * The keys that are older than the one that seals, and from when on nothing needs them any more.
 * Where there are none yet: from when on the one that seals will not be needed, after the next one.
 */
export function toRetirement(ring: Ring, now: number): { older: RootKey[]; from: number } {
  const sealing = toSealingKey(ring, now);
  const older = ring.slice(ring.indexOf(sealing) + 1);
  const successor = older.length > 0 ? sealing : ring[0];
  return { older, from: successor.activeFrom + RETIRE_AFTER_SECONDS };
}
