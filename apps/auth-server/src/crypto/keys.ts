import { createPrivateKey } from "node:crypto";
import type { JWK } from "jose";
import { deriveKey } from "./derive-key.ts";

/** What signs the engine's cookies: newest first, all of them verify. */
export const toCookieKeys = (masterKeys: readonly Uint8Array[]): string[] =>
  masterKeys.map((masterKey) =>
    Buffer.from(deriveKey(masterKey, "cookies", 32)).toString("base64url"),
  );

/** What the forms' CSRF tokens are made with: the newest signs, so that open forms outlive a rotation. */
export const toCsrfKeys = ([newest, ...older]: readonly [Uint8Array, ...Uint8Array[]]): [
  Uint8Array,
  ...Uint8Array[],
] => [toCsrfKey(newest), ...older.map(toCsrfKey)];

const toCsrfKey = (masterKey: Uint8Array): Uint8Array => deriveKey(masterKey, "csrf", 32);

/** The order of the P-256 group (FIPS 186-5; SEC 2 §2.4.2). */
const P256_ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/**
 * ES256 signing keys, the same on every replica. Nothing is signed with them while tokens are
 * opaque; the engine insists on having a key set and publishes its public half.
 */
export const toJwks = (masterKeys: readonly Uint8Array[]): { keys: JWK[] } => ({
  keys: masterKeys.map((masterKey) => toEs256Key(masterKey)),
});

function toEs256Key(masterKey: Uint8Array): JWK {
  // 64 bits more than the order has, so that the remainder is uniform (FIPS 186-5 §A.2.1).
  const seed = BigInt(`0x${Buffer.from(deriveKey(masterKey, "es256", 40)).toString("hex")}`);
  const scalar = (seed % (P256_ORDER - 1n)) + 1n;
  const privateKey = Buffer.from(scalar.toString(16).padStart(64, "0"), "hex");
  const key = createPrivateKey({ key: toSec1(privateKey), format: "der", type: "sec1" });
  const kid = Buffer.from(deriveKey(masterKey, "es256/kid", 9)).toString("base64url");
  return { ...(key.export({ format: "jwk" }) as JWK), kid, alg: "ES256", use: "sig" };
}

/** RFC 5915 ECPrivateKey for P-256 without the public half, which OpenSSL computes. */
const toSec1 = (privateKey: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from("30310201010420", "hex"),
    privateKey,
    Buffer.from("a00a06082a8648ce3d030107", "hex"),
  ]);
