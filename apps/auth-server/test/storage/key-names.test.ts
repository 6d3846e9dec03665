import { describe, expect, it } from "vitest";
import { createKeyNames, hash, toAccountId } from "../../src/storage/key-names.ts";

const here = createKeyNames("https://taiga.example/api/v1");
const there = createKeyNames("https://other.example/api/v1");

describe("storage keys", () => {
  // @rule STORE-1
  it("never contain the token they are made from", () => {
    const { other, rateLimit, ...builders } = here;
    const built = Object.entries(builders).flatMap(([name, build]) =>
      // Some are constant; some are made from another key and contain no token.
      typeof build === "string" || name.endsWith("Of") ? [] : [build("the-token")],
    );
    expect(built.length).toBeGreaterThan(15);
    for (const key of [...built, other("Model", "the-token"), rateLimit("login", "the-token")]) {
      expect(key).not.toContain("the-token");
      expect(key).toContain(hash("the-token"));
    }
    expect(here.accessToken("the-token")).toMatch(/^at:[\w-]{10}:[\w-]{43}$/);
  });

  // @rule STORE-6
  it("separate users of different Taigas, but share clients", () => {
    expect(here.grant("g")).not.toBe(there.grant("g"));
    expect(here.vault("g")).not.toBe(there.vault("g"));
    expect(here.client("c")).toBe(there.client("c"));
    expect(toAccountId("https://taiga.example/api/v1", 7)).not.toBe(
      toAccountId("https://other.example/api/v1", 7),
    );
  });

  it("lead from a grant's record to all records that end with it", () => {
    expect(here.grantIndexOf(here.grant("g"))).toBe(here.grantIndex("g"));
  });
});
