import { OAuthError, OAuthErrorCode } from "@modelcontextprotocol/server";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, rpc, startHarness } from "../support/harness.ts";

let rs: Harness;
let seen: string[] = [];

beforeAll(async () => {
  rs = await startHarness({
    verifier: {
      verifyAccessToken: async (token) => {
        seen.push(token);
        throw new OAuthError(OAuthErrorCode.InvalidToken, "unknown");
      },
    },
  });
});
afterAll(() => rs.close());

const scheme = fc.constantFrom("Bearer", "bearer", "BEARER", "Basic", "DPoP", "Bearerx", "");
const gap = fc.constantFrom(" ", " ", "  ", "\t", ",", "");
const token = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,20}={0,2}$/),
  fc.stringMatching(/^[\x20-\x7e]{0,20}$/),
  fc.constantFrom('a", error="x', "a b", "a,b", "=", "a=b", "%22", "é"),
);
const header = fc.tuple(scheme, gap, token).map((parts) => parts.join(""));

/** A literal reading of RFC 6750 §2.1. */
function toExpectedToken(sent: string): string | undefined {
  const [name = "", ...rest] = sent.trim().split(" ");
  const value = rest.filter((part) => part !== "");
  const isToken = value.length === 1 && /^[A-Za-z0-9._~+/-]+=*$/.test(value[0] ?? "");
  return name.toLowerCase() === "bearer" && isToken ? value[0] : undefined;
}

/** Only `name="value"` pairs, so that no request text can be injected. */
const CHALLENGE = /^Bearer ([a-z_]+="[^"\\]*")(, [a-z_]+="[^"\\]*")*$/;

describe("any text as an Authorization header", () => {
  // @rule RFC6750-2-1 INPUT-14
  it("passes on exactly its token, or none; refusals do not repeat it", async () => {
    await fc.assert(
      fc.asyncProperty(header, async (authorization) => {
        seen = [];
        const response = await rs.post(rpc("tools/list"), { headers: { authorization } });
        const expected = toExpectedToken(authorization);
        expect(seen).toEqual(expected === undefined ? [] : [expected]);
        expect([400, 401]).toContain(response.status);
        expect(response.headers.get("www-authenticate")).toMatch(CHALLENGE);
        const challenge = response.headers.get("www-authenticate") ?? "";
        expect(challenge.match(/error="/g)?.length ?? 0).toBeLessThanOrEqual(1);
      }),
      { numRuns: 80 },
    );
  });

  // @rule RFC6750-3-1
  it("gets a well-formed challenge for any URL", async () => {
    const query = fc.oneof(
      fc.stringMatching(/^[\x21\x24-\x7e]{0,20}$/),
      fc.constantFrom('toolsets=core"', "readonly=%22", "toolsets=core%0d%0ax: y", "readonly&x"),
    );
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        const response = await rs.post(rpc("tools/list"), { path: `/mcp?${asked}` });
        expect([400, 401]).toContain(response.status);
        expect(response.headers.get("www-authenticate")).toMatch(CHALLENGE);
      }),
      { numRuns: 60 },
    );
  });
});
