import { importJWK, jwtVerify, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { toCookieKeys, toCsrfKeys, toJwks } from "../../src/crypto/keys.ts";

const one = new Uint8Array(32).fill(1);
const two = new Uint8Array(32).fill(2);

describe("keys from the master keys", () => {
  it("are the same on every replica and differ by purpose and master key", () => {
    expect(toJwks([one, two])).toEqual(toJwks([one, two]));
    expect(toCookieKeys([one, two])).toEqual(toCookieKeys([one, two]));
    const all = [
      ...toCookieKeys([one, two]),
      ...toCsrfKeys([one, two]).map((key) => Buffer.from(key).toString("base64url")),
      ...toJwks([one, two]).keys.map(({ d }) => d),
    ];
    expect(new Set(all).size).toBe(6);
  });

  it("sign and verify as ES256", async () => {
    for (const key of toJwks([one, two]).keys) {
      const { d: _private, ...publicKey } = key;
      const jwt = await new SignJWT({})
        .setProtectedHeader({ alg: "ES256" })
        .sign(await importJWK(key));
      await expect(jwtVerify(jwt, await importJWK(publicKey))).resolves.toBeDefined();
    }
  });
});
