import { describe, expect, it } from "vitest";
import { createAllowList } from "../../src/login/allow-list.ts";
import { toAccount } from "../support/ada.ts";

describe("createAllowList", () => {
  it("does not ask Taiga when there are no lists", () => {
    expect(createAllowList({ users: [], emailDomains: [] })).toBeUndefined();
  });

  const isAllowed = createAllowList({ users: ["ada"], emailDomains: ["example.com"] });
  const stranger = { username: "eve", email: "eve@elsewhere.example" };

  // @rule LOGIN-7
  it("allows users on either list, ignoring case", () => {
    expect(isAllowed?.(toAccount({ ...stranger, username: "ADA" }))).toBe(true);
    expect(isAllowed?.(toAccount({ ...stranger, email: "Eve@EXAMPLE.com" }))).toBe(true);
    expect(isAllowed?.(toAccount(stranger))).toBe(false);
  });

  // @rule LOGIN-7
  it("ignores an e-mail address that Taiga has not verified", () => {
    const account = toAccount({ ...stranger, email: "eve@example.com", isEmailVerified: false });
    expect(isAllowed?.(account)).toBe(false);
  });

  it.each([
    "eve@sub.example.com",
    "eve@notexample.com",
    "eve@example.com.evil.example",
    "example.com@evil.example",
    "",
  ])("treats %j as another domain", (email) => {
    expect(isAllowed?.(toAccount({ ...stranger, email }))).toBe(false);
  });
});
