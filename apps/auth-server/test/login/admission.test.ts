import { describe, expect, it } from "vitest";
import { createAdmission } from "../../src/login/admission.ts";
import { toAccount } from "../support/ada.ts";

describe("createAdmission", () => {
  it("asks nothing when there are no lists", () => {
    expect(createAdmission({ users: [], emailDomains: [] })).toBeUndefined();
  });

  const isAdmitted = createAdmission({ users: ["ada"], emailDomains: ["example.com"] });
  const stranger = { username: "eve", email: "eve@elsewhere.example" };

  // @rule LOGIN-7
  it("admits who is on either list, in any case", () => {
    expect(isAdmitted?.(toAccount({ ...stranger, username: "ADA" }))).toBe(true);
    expect(isAdmitted?.(toAccount({ ...stranger, email: "Eve@EXAMPLE.com" }))).toBe(true);
    expect(isAdmitted?.(toAccount(stranger))).toBe(false);
  });

  // @rule LOGIN-7
  it("does not believe an address that Taiga has not verified", () => {
    const account = toAccount({ ...stranger, email: "eve@example.com", isEmailVerified: false });
    expect(isAdmitted?.(account)).toBe(false);
  });

  it.each([
    "eve@sub.example.com",
    "eve@notexample.com",
    "eve@example.com.evil.example",
    "example.com@evil.example",
    "",
  ])("takes %j for another domain", (email) => {
    expect(isAdmitted?.(toAccount({ ...stranger, email }))).toBe(false);
  });
});
