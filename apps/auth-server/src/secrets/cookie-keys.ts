import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  timingSafeEqual,
} from "node:crypto";
import type { JWK } from "jose";
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

/** The order of the P-256 group (FIPS 186-5; SEC 2 §2.4.2). */
const P256_ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/** A JSON Web Key Set (RFC 7517 §5). */
export interface KeySet {
  keys: JWK[];
}

/**
 * Public ES256 keys, the same on every replica, each with the id of its root key. Nothing is signed
 * with them as long as tokens are opaque.
 */
export function createPublicKeySet(rootKeys: RootKeys): () => KeySet {
  const toPublic = deriveOnce((secret) => toPublicEs256Key(secret));
  return () => ({
    keys: rootKeys.current().map((rootKey) => ({ ...toPublic(rootKey), kid: rootKey.id })),
  });
}

function toPublicEs256Key(secret: Uint8Array): JWK {
  // 64 bits more than the order, so that the remainder is uniform (FIPS 186-5 §A.2.1).
  const seed = BigInt(`0x${Buffer.from(deriveKey(secret, "es256", 40)).toString("hex")}`);
  const scalar = (seed % (P256_ORDER - 1n)) + 1n;
  const privateKey = Buffer.from(scalar.toString(16).padStart(64, "0"), "hex");
  const key = createPrivateKey({ key: toSec1(privateKey), format: "der", type: "sec1" });
  return { ...(createPublicKey(key).export({ format: "jwk" }) as JWK), alg: "ES256", use: "sig" };
}

/** RFC 5915 ECPrivateKey for P-256 without the public half, which OpenSSL computes. */
const toSec1 = (privateKey: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from("30310201010420", "hex"),
    privateKey,
    Buffer.from("a00a06082a8648ce3d030107", "hex"),
  ]);

/**
 * A signing key of this process only: the engine requires one, but signs nothing with it as long as
 * tokens are opaque.
 */
export const createEngineKeySet = (): KeySet => ({
  keys: [
    {
      ...(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
        format: "jwk",
      }) as JWK),
      alg: "ES256",
      use: "sig",
    },
  ],
});
