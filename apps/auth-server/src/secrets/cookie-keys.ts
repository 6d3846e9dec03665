import { createHmac, timingSafeEqual } from "node:crypto";
import { deriveKey } from "./derive-key.ts";
import { deriveOnce, type RootKeys } from "./root-keys.ts";

/** Signs cookies; the interface of the package `keygrip`, in which the engine expects its keys. */
export interface CookieKeys {
  sign(data: string): string;
  verify(data: string, signature: string): boolean;
  /** @returns -1 when no key verifies the signature. */
  index(data: string, signature: string): number;
}

/**
 * Signs the engine's cookies (HMAC-SHA-256, base64url) with the newest key and verifies with all
 * keys. Cookies of an older key are not signed again: they live for minutes, and the engine would
 * set the new signature for another path than the cookie's.
 */
export function createCookieKeys(rootKeys: RootKeys): CookieKeys {
  const toKey = deriveOnce((secret) => deriveKey(secret, "cookies", 32));
  const sign = (data: string, key: Uint8Array): string =>
    createHmac("sha256", key).update(data).digest("base64url");
  const verify = (data: string, signature: string): boolean => {
    const given = Buffer.from(signature);
    return rootKeys.current().some((rootKey) => {
      const expected = Buffer.from(sign(data, toKey(rootKey)));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  };
  return {
    sign: (data) => sign(data, toKey(rootKeys.current()[0])),
    verify,
    index: (data, signature) => (verify(data, signature) ? 0 : -1),
  };
}

/** Keys for CSRF tokens. The first one signs, all of them verify: open forms survive a key rotation. */
export function createCsrfKeys(rootKeys: RootKeys): () => readonly [Uint8Array, ...Uint8Array[]] {
  const toKey = deriveOnce((secret) => deriveKey(secret, "csrf", 32));
  return () => {
    const [newest, ...others] = rootKeys.current();
    return [toKey(newest), ...others.map(toKey)];
  };
}
