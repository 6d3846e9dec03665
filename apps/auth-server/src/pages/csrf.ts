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
 * @param toKeys asked at each use: at least 32 bytes each, the same in every replica. The first
 *   signs, all of them verify.
 */
export function createCsrf(toKeys: () => readonly [Uint8Array, ...Uint8Array[]]): Csrf {
  const sign = (key: Uint8Array, uid: string, form: InteractionForm): Buffer =>
    createHmac("sha256", key).update(`${form}\n${uid}`).digest();
  return {
    issue: (uid, form) => sign(toKeys()[0], uid, form).toString("base64url"),
    verify: (uid, form, token) => {
      const given = Buffer.from(token, "base64url");
      return toKeys().some((key) => {
        const expected = sign(key, uid, form);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}
