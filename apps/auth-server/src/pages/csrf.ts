import { createHmac, timingSafeEqual } from "node:crypto";

/** The forms of an interaction; a token is valid for one of them only. */
export type InteractionForm = "login" | "taiga" | "consent" | "cancel";

/** Those forms, and the forms of an account session, which is a `uid` here. */
type Form = InteractionForm | "account";

/**
 * Proves that a form comes from a page of this server, for the same interaction.
 *
 * A consent form is also bound to the account that the page showed, by its id: after a login as another
 * user in another tab, that user has not seen the form.
 */
export interface Csrf {
  issue(uid: string, form: Form, account?: string): string;
  verify(uid: string, form: Form, token: string, account?: string): boolean;
}

/**
 * Stateless tokens: an HMAC-SHA-256 over interaction, form and account, as base64url. They are valid as long
 * as their interaction, whose cookie binds them to one browser.
 *
 * @param toKeys called at each use: keys of at least 32 bytes, the same in every replica. The first
 *   signs, all of them verify.
 */
export function createCsrf(toKeys: () => readonly [Uint8Array, ...Uint8Array[]]): Csrf {
  const sign = (key: Uint8Array, ...parts: string[]): Buffer =>
    createHmac("sha256", key).update(parts.join("\n")).digest();
  return {
    issue: (uid, form, account = "") => sign(toKeys()[0], form, uid, account).toString("base64url"),
    verify: (uid, form, token, account = "") => {
      const given = Buffer.from(token, "base64url");
      return toKeys().some((key) => {
        const expected = sign(key, form, uid, account);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}
