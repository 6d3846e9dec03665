import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressError, parseAddress, toAddressQuery } from "../../src/policy/address.ts";
import type { Narrowing } from "../../src/policy/narrowing.ts";
import { TOOLSETS } from "../../src/policy/toolsets.ts";

const name = fc.constantFrom("toolsets", "readonly", "answers", "readOnly", "x", "%72eadonly", "");
const value = fc.oneof(
  fc.constantFrom(
    ...TOOLSETS,
    "core,core",
    "true",
    "TRUE",
    "false",
    "0",
    "1",
    "",
    ",",
    '"',
    "none",
    "text",
    "structured",
  ),
  fc.stringMatching(/^[\x21-\x7e]{0,8}$/),
);
const query = fc
  .array(
    fc.tuple(name, value, fc.boolean()).map(([key, text, bare]) => (bare ? key : `${key}=${text}`)),
    { maxLength: 3 },
  )
  .map((parameters) => parameters.join("&"));

function parse(text: string): Narrowing | "refused" {
  try {
    return parseAddress(new URLSearchParams(text)).narrowing;
  } catch (error) {
    if (error instanceof AddressError) return "refused";
    throw error;
  }
}

describe("the query of an MCP address", () => {
  // @rule INPUT-14
  it("names toolsets that exist, each once, or is refused as a request", () => {
    fc.assert(
      fc.property(query, (text) => {
        const narrowing = parse(text);
        if (narrowing === "refused" || narrowing.toolsets === undefined) return;
        expect(narrowing.toolsets.length).toBeGreaterThan(0);
        expect(new Set(narrowing.toolsets).size).toBe(narrowing.toolsets.length);
        expect(narrowing.toolsets.filter((toolset) => !TOOLSETS.includes(toolset))).toEqual([]);
      }),
    );
  });

  // @rule MCP-AUTH-8
  it("is always read-only when it asks for readonly", () => {
    fc.assert(
      fc.property(query, (text) => {
        const asked = new URLSearchParams(text).get("readonly");
        const narrowing = parse(text);
        if (narrowing === "refused") return;
        expect(narrowing.readOnly).toBe(asked !== null && !/^(false|0)$/i.test(asked));
      }),
    );
  });

  // @rule INPUT-14
  it("is repeated unchanged when all its parameters are known and valid, and otherwise omitted", () => {
    fc.assert(
      fc.property(query, (text) => {
        const repeated = toAddressQuery(text);
        const keys = [...new URLSearchParams(text).keys()];
        const isOurs = keys.every((key) => ["toolsets", "readonly", "answers"].includes(key));
        const isGood = isOurs && text !== "" && parse(text) !== "refused";
        expect(repeated).toBe(isGood ? `?${text}` : "");
        expect(repeated).not.toMatch(/["\\\s]/);
        expect(toAddressQuery(repeated)).toBe(repeated);
      }),
      { numRuns: 300 },
    );
  });
});
