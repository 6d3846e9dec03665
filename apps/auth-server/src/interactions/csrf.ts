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
 * @param newest signs; at least 32 bytes, the same in every replica.
 * @param older verify, too.
 */
export function createCsrf(newest: Uint8Array, ...older: Uint8Array[]): Csrf {
  const sign = (key: Uint8Array, uid: string, form: InteractionForm): Buffer =>
    createHmac("sha256", key).update(`${form}\n${uid}`).digest();
  return {
    issue: (uid, form) => sign(newest, uid, form).toString("base64url"),
    verify: (uid, form, token) => {
      const given = Buffer.from(token, "base64url");
      return [newest, ...older].some((key) => {
        const expected = sign(key, uid, form);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}
