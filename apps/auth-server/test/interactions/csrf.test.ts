import { describe, expect, it } from "vitest";
import { createCsrf } from "../../src/interactions/csrf.ts";

describe("createCsrf", () => {
  const csrf = createCsrf(new Uint8Array(32).fill(1));
  const token = csrf.issue("uid", "login");

  it("knows its own token", () => expect(csrf.verify("uid", "login", token)).toBe(true));

  it("refuses a token of another interaction", () =>
    expect(csrf.verify("other", "login", token)).toBe(false));

  it("refuses a token of another form, so that a login cannot be turned into a consent", () =>
    expect(csrf.verify("uid", "consent", token)).toBe(false));

  it.each(["", "x", "\u0000", `${token}AA`])("refuses %j", (bad) =>
    expect(csrf.verify("uid", "login", bad)).toBe(false),
  );

  it("refuses a token made with another key", () => {
    const foreign = createCsrf(new Uint8Array(32).fill(2)).issue("uid", "login");
    expect(csrf.verify("uid", "login", foreign)).toBe(false);
  });
});
