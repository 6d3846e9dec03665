import { createHmac, timingSafeEqual } from "node:crypto";

/** The forms of an interaction; a token of one is worth nothing in another. */
export type InteractionForm = "login" | "taiga" | "consent" | "cancel";

/** Proves that a form was on one of our pages, of this very interaction. */
export interface Csrf {
  issue(uid: string, form: InteractionForm): string;
  verify(uid: string, form: InteractionForm, token: string): boolean;
}

/**
 * Tokens without memory: an HMAC-SHA-256 over interaction and form, as base64url. They end with
 * their interaction, and the interaction's cookie binds them to one browser.
 *
 * @param key at least 32 bytes, the same in every replica.
 */
export function createCsrf(key: Uint8Array): Csrf {
  const sign = (uid: string, form: InteractionForm): Buffer =>
    createHmac("sha256", key).update(`${form}\n${uid}`).digest();
  return {
    issue: (uid, form) => sign(uid, form).toString("base64url"),
    verify: (uid, form, token) => {
      const expected = sign(uid, form);
      const given = Buffer.from(token, "base64url");
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
