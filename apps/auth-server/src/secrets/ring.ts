import { randomBytes } from "node:crypto";
import type { RootKey } from "./root-keys.ts";
import { SESSION_TTL_SECONDS } from "../storage/interaction-lifetimes.ts";

/** All root keys, the newest first. */
export type Ring = readonly [RootKey, ...RootKey[]];

/** Use of a key: it will seal soon, it seals now, or it only opens records it has sealed. */
export type KeyState = "coming" | "sealing" | "opening";

/**
 * Seconds until a new key starts to seal: every process must know it by then. A process that has not
 * read the ring for `STALE_SECONDS` stops serving requests, so no serving process can miss a key in
 * use. The difference between the two allows for clock skew.
 */
export const ACTIVATION_SECONDS = 60;
export const STALE_SECONDS = 40;

/**
 * Seconds that older keys are still needed after a key has started to seal: until every cookie,
 * session and open page that they signed has expired. Three times the longest of these lifetimes.
 */
const RETIRE_AFTER_SECONDS = 3 * SESSION_TTL_SECONDS;

/** The first ring of an installation: its key seals at once. */
export const createRing = (now: number): Ring => [createRootKey(now, now)];

const createRootKey = (createdAt: number, activeFrom: number): RootKey => ({
  id: randomBytes(6).toString("base64url"),
  secret: new Uint8Array(randomBytes(32)),
  createdAt,
  activeFrom,
});

/** Adds a key to the ring. It never becomes active before an older key does. */
export function addKey(ring: Ring, now: number): Ring {
  const activeFrom = Math.max(now, ring[0].activeFrom) + ACTIVATION_SECONDS;
  return [createRootKey(now, activeFrom), ...ring];
}

/** Removes keys from the ring; the sealing key must not be among them. */
export function removeKeys(ring: Ring, ids: ReadonlySet<string>): Ring {
  const [newest, ...rest] = ring.filter(({ id }) => !ids.has(id));
  if (newest === undefined) throw new TypeError("A key ring must have at least one key.");
  return [newest, ...rest];
}

/**
 * The key that seals and signs. If the clock is behind and no key is active yet, it is the oldest
 * one, which every process knows.
 */
export const toSealingKey = (ring: Ring, now: number): RootKey =>
  ring.find(({ activeFrom }) => activeFrom <= now) ?? ring.at(-1) ?? ring[0];

/** The keys in the order of their use: the sealing key first. */
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
 * The keys that are older than the sealing key, and when they are not needed any more. If there are no
 * older keys: when the sealing key is not needed any more, counted from the activation of the newest.
 */
export function toRetirement(ring: Ring, now: number): { older: RootKey[]; from: number } {
  const sealing = toSealingKey(ring, now);
  const older = ring.slice(ring.indexOf(sealing) + 1);
  const successor = older.length > 0 ? sealing : ring[0];
  return { older, from: successor.activeFrom + RETIRE_AFTER_SECONDS };
}
