import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createConfirmations, deriveConfirmationKey } from "../../src/calls/confirmation.ts";

const NOW = 1_800_000_000;
const of = (subject: string, secret = "secret", now = NOW) =>
  createConfirmations({ key: deriveConfirmationKey(secret), clock: () => now, subject });

const facts = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }));
const subject = fc.string({ maxLength: 10 });

describe("a confirmation of any facts", () => {
  it("holds for what was shown, for ten minutes", () => {
    fc.assert(
      fc.property(subject, facts, fc.integer({ min: 0, max: 599 }), (user, shown, later) => {
        const token = of(user).sign(shown);
        expect(of(user, "secret", NOW + later).verify(token, structuredClone(shown))).toBe("valid");
        expect(of(user, "secret", NOW + 600).verify(token, shown)).toBe("expired");
      }),
    );
  });

  // @rule TAIGA-1
  it("is not good for other facts, another user or another installation", () => {
    fc.assert(
      fc.property(subject, subject, facts, facts, (user, other, shown, doomed) => {
        const token = of(user).sign(shown);
        if (user !== other) expect(of(other).verify(token, shown)).toBe("different");
        const isSame = JSON.stringify(sorted(shown)) === JSON.stringify(sorted(doomed));
        if (!isSame) expect(of(user).verify(token, doomed)).toBe("different");
        expect(of(user, "another secret").verify(token, shown)).toBe("different");
      }),
    );
  });

  it("is not good with any one character replaced", () => {
    fc.assert(
      fc.property(facts, fc.nat(60), fc.string({ minLength: 1, maxLength: 1 }), (shown, at, by) => {
        const token = of("ann").sign(shown);
        const index = at % token.length;
        fc.pre(token[index] !== by && by.trim() !== "");
        const forged = token.slice(0, index) + by + token.slice(index + 1);
        expect(of("ann").verify(forged, shown)).toBe("different");
      }),
    );
  });

  // @rule INPUT-19
  it("is not made of any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), facts, (token, shown) => {
        expect(of("ann").verify(token, shown)).toBe("different");
      }),
    );
  });
});

/** The order of members says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => [key, sorted(part)]);
}
