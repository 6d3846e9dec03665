import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { type Clock } from "../clock.ts";
import { toCanonicalJson } from "./canonical-json.ts";

/** Long enough to ask the user, short enough that what they saw is probably still true. */
const TTL_SECONDS = 10 * 60;
/** 128 bits of HMAC-SHA-256, in base64url: a model has to copy it. */
const MAC_LENGTH = 22;

/**
 * Proves that a user was recently shown some facts. Nothing is stored: the second call presents the
 * facts again, and the token is checked against them.
 */
export interface Confirmations {
  /** @param facts what the user was shown; must be JSON-serialisable. */
  sign(facts: object): string;
  /** @returns `different` also for malformed tokens and other users' tokens. */
  verify(token: string, facts: object): "valid" | "expired" | "different";
}

/**
 * Creates the confirmations of one user. A token is `<expiry>.<MAC>`, the expiry in epoch seconds,
 * base 36.
 *
 * @param deps.key 32 bytes, the same in all replicas.
 */
export function createConfirmations(deps: {
  key: Uint8Array;
  clock: Clock;
  subject: string;
}): Confirmations {
  const { key, clock, subject } = deps;
  const macOf = (facts: object, expiresAt: number): string =>
    createHmac("sha256", key)
      .update(toCanonicalJson({ subject, expiresAt, facts }))
      .digest("base64url")
      .slice(0, MAC_LENGTH);

  return {
    sign(facts) {
      const expiresAt = Math.floor(clock()) + TTL_SECONDS;
      return `${expiresAt.toString(36)}.${macOf(facts, expiresAt)}`;
    },

    verify(token, facts) {
      const { expiry = "", mac = "" } = TOKEN.exec(token.trim())?.groups ?? {};
      const expiresAt = Number.parseInt(expiry, 36);
      if (!isSame(mac, macOf(facts, expiresAt))) return "different";
      return expiresAt > clock() ? "valid" : "expired";
    },
  };
}

const TOKEN = /^(?<expiry>[0-9a-z]{1,9})\.(?<mac>[\w-]{22})$/;

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Derives the key of confirmations from a secret that all replicas share for another purpose.
 * @see RFC 5869 §3.2
 */
export const deriveConfirmationKey = (secret: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, "", "taiga-mcp confirmations", 32));
