import { describe, expect, it } from "vitest";
import { createCsrf } from "../../src/pages/csrf.ts";

describe("createCsrf", () => {
  const [older, newer] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const csrf = createCsrf(() => [older]);
  const token = csrf.issue("uid", "login");

  it("accepts its own token", () => expect(csrf.verify("uid", "login", token)).toBe(true));

  it("refuses a token of another interaction", () =>
    expect(csrf.verify("other", "login", token)).toBe(false));

  // @rule RFC9700-4.7-2
  it("refuses a token of another form, so that a login cannot be turned into a consent", () =>
    expect(csrf.verify("uid", "consent", token)).toBe(false));

  it("refuses a consent to one account as a consent to another", () => {
    const consent = csrf.issue("uid", "consent", "taiga.1");
    expect(csrf.verify("uid", "consent", consent, "taiga.1")).toBe(true);
    expect(csrf.verify("uid", "consent", consent, "taiga.2")).toBe(false);
    expect(csrf.verify("uid", "consent", consent)).toBe(false);
  });

  it.each(["", "x", "\u0000", `${token}AA`])("refuses %j", (bad) =>
    expect(csrf.verify("uid", "login", bad)).toBe(false),
  );

  it("refuses a token made with another key", () => {
    const foreign = createCsrf(() => [newer]).issue("uid", "login");
    expect(csrf.verify("uid", "login", foreign)).toBe(false);
  });

  it("accepts a token from before a key rotation, and signs with the newest key only", () => {
    let keys: [Uint8Array, ...Uint8Array[]] = [older];
    const rotated = createCsrf(() => keys);
    const before = rotated.issue("uid", "login");
    keys = [newer, older];
    expect(rotated.verify("uid", "login", before)).toBe(true);
    expect(rotated.issue("uid", "login")).toBe(createCsrf(() => [newer]).issue("uid", "login"));
    keys = [newer];
    expect(rotated.verify("uid", "login", before)).toBe(false);
  });
});
