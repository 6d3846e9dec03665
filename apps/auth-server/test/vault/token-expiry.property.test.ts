import { UnavailableError } from "@taiga-mcp/service";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findExpiry, toExpiry } from "../../src/vault/token-expiry.ts";

const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

const claims = fc.oneof(
  fc.record({ exp: fc.oneof(fc.integer(), fc.jsonValue({ maxDepth: 1 })) }),
  fc.jsonValue({ maxDepth: 1 }),
  fc.string(),
  // A valid JSON number, but Infinity in JavaScript.
  fc.constantFrom('{"exp":1e999}', '{"exp":-1e999}'),
);
const token = fc.oneof(
  fc
    .tuple(claims, fc.string())
    .map(([body, end]) => `${encode({ alg: "RS512" })}.${encode(body)}.${end}`),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.array(fc.base64String({ maxLength: 8 }), { maxLength: 5 }).map((parts) => parts.join(".")),
);

describe("the expiry of any text as a token", () => {
  // @rule VAULT-5 INPUT-11
  it("is the number in its exp claim, or unknown, which is an outage and costs no login", () => {
    fc.assert(
      fc.property(token, (text) => {
        const expected = toExp(text);
        expect(findExpiry(text)).toBe(expected);
        const read = () => toExpiry({ scheme: "Bearer", token: text, refreshToken: "" });
        if (expected === undefined) expect(read).toThrow(UnavailableError);
        else expect(read()).toBe(expected);
      }),
      { numRuns: 400 },
    );
  });
});

/** RFC 7519 §4.1.4, read by hand. */
function toExp(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 3) return undefined;
  try {
    const body = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString()) as unknown;
    const { exp } = body as { exp?: unknown };
    return Number.isFinite(exp) && !Array.isArray(body) ? (exp as number) : undefined;
  } catch {
    return undefined;
  }
}
