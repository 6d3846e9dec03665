import { describe, expect, it } from "vitest";
import { createStorageKeys, hash, toAccountId } from "../../src/storage/keys.ts";

const here = createStorageKeys("https://taiga.example/api/v1");
const there = createStorageKeys("https://other.example/api/v1");

describe("storage keys", () => {
  it("never contain what they stand for", () => {
    expect(here.accessToken("the-token")).toMatch(
      new RegExp(`^at:[\\w-]{10}:${hash("the-token")}$`),
    );
  });

  it("keep users of different Taigas apart, and clients together", () => {
    expect(here.grant("g")).not.toBe(there.grant("g"));
    expect(here.vault("g")).not.toBe(there.vault("g"));
    expect(here.client("c")).toBe(there.client("c"));
    expect(toAccountId("https://taiga.example/api/v1", 7)).not.toBe(
      toAccountId("https://other.example/api/v1", 7),
    );
  });

  it("lead from a grant's record to all that dies with it", () => {
    expect(here.grantIndexOf(here.grant("g"))).toBe(here.grantIndex("g"));
  });
});
