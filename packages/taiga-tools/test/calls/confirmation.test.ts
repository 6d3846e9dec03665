import { describe, expect, it } from "vitest";
import { createConfirmations, deriveConfirmationKey } from "../../src/calls/confirmation.ts";

const clock = { now: 1_800_000_000 };
const confirmations = (subject = "bob", key = deriveConfirmationKey("secret")) =>
  createConfirmations({ key, clock: () => clock.now, subject });
const facts = { items: [{ id: 1, version: 3 }] };

describe("confirmations", () => {
  it("hold for what was signed, whatever the order of its members", () => {
    const token = confirmations().sign({ a: 1, b: [2, { c: 3, d: 4 }] });
    expect(confirmations().verify(token, { b: [2, { d: 4, c: 3 }], a: 1 })).toBe("valid");
    expect(confirmations().verify(token, { b: [{ d: 4, c: 3 }, 2], a: 1 })).toBe("different");
  });

  it("are short, because a model copies them", () => {
    expect(confirmations().sign(facts).length).toBeLessThanOrEqual(32);
  });

  // @rule TAIGA-1
  it("end after ten minutes", () => {
    const token = confirmations().sign(facts);
    expect(confirmations().verify(token, facts)).toBe("valid");
    clock.now += 600;
    expect(confirmations().verify(token, facts)).toBe("expired");
    const [, mac] = token.split(".");
    const later = `${(clock.now + 999).toString(36)}.${mac}`;
    expect(confirmations().verify(later, facts)).toBe("different");
  });

  // @rule TAIGA-1
  it("belong to one user and one deployment", () => {
    const token = confirmations("bob").sign(facts);
    expect(confirmations("alice").verify(token, facts)).toBe("different");
    const other = confirmations("bob", deriveConfirmationKey("other secret"));
    expect(other.verify(token, facts)).toBe("different");
  });

  it.each(["", ".", "abc", "zzzzzzzzz.", `${"z".repeat(9)}.${"A".repeat(22)}`, "1.2.3"])(
    "are not made of %j",
    (token) => expect(confirmations().verify(token, facts)).toBe("different"),
  );
});

describe("deriveConfirmationKey", () => {
  it("gives every replica the same key, which is not the secret itself", () => {
    expect(deriveConfirmationKey("secret")).toEqual(deriveConfirmationKey("secret"));
    expect(deriveConfirmationKey("secret")).toHaveLength(32);
  });
});
