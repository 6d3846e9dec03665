import { describe, expect, it } from "vitest";
import { createCookieKeys, createCsrfKeys } from "../../src/secrets/cookie-keys.ts";
import { createSealer } from "../../src/secrets/seal.ts";
import { createRootKeys } from "../support/root-keys.ts";

describe("keys from the root keys", () => {
  // @rule KEYS-5
  it("are the same on every replica and differ by purpose and root key", async () => {
    const derive = () => {
      const keys = createRootKeys(1, 2);
      return [
        createCookieKeys(createRootKeys(1)).sign("x"),
        createCookieKeys(createRootKeys(2)).sign("x"),
        ...createCsrfKeys(keys)().map((key) => Buffer.from(key).toString("base64url")),
      ];
    };
    expect(derive()).toEqual(derive());
    expect(new Set(derive()).size).toBe(4);
    const sealed = await createSealer(createRootKeys(1), "vault").seal("a", "x");
    expect(await createSealer(createRootKeys(1), "vault").open("a", sealed)).toBe("x");
  });
});

describe("cookie keys", () => {
  const before = createCookieKeys(createRootKeys(1)).sign("a=b");

  it("sign with the first key and verify with all keys", () => {
    const keys = createCookieKeys(createRootKeys(2, 1));
    expect(keys.sign("a=b")).toBe(createCookieKeys(createRootKeys(2)).sign("a=b"));
    expect(keys.verify("a=b", before)).toBe(true);
    expect(createCookieKeys(createRootKeys(2)).verify("a=b", before)).toBe(false);
  });

  it.each(["", "x", `${before}A`, before.slice(1)])("reject %j as a signature", (signature) => {
    const keys = createCookieKeys(createRootKeys(1));
    expect(keys.verify("a=b", signature)).toBe(false);
    expect(keys.index("a=b", signature)).toBe(-1);
    expect(keys.verify("a=c", before)).toBe(false);
  });

  it("never request a new signature, because the engine would set it for other paths", () => {
    expect(createCookieKeys(createRootKeys(2, 1)).index("a=b", before)).toBe(0);
  });
});
