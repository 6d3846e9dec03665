import { createHmac, timingSafeEqual } from "node:crypto";

/** The forms of an interaction; a token is valid for one of them only. */
export type InteractionForm = "login" | "taiga" | "consent" | "cancel";

/** Proves that a form comes from a page of this server, for the same interaction. */
export interface Csrf {
  issue(uid: string, form: InteractionForm): string;
  verify(uid: string, form: InteractionForm, token: string): boolean;
}

/**
 * Stateless tokens: an HMAC-SHA-256 over interaction and form, as base64url. They are valid as long
 * as their interaction, whose cookie binds them to one browser.
 *
 * @param toKeys called at each use: keys of at least 32 bytes, the same in every replica. The first
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
