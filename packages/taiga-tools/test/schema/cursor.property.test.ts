import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCursor, encodeCursor } from "../../src/schema/cursor.ts";
import { ToolError } from "../../src/errors.ts";

/** As long as a subject can be in Taiga, in any script. */
const subject = fc.string({ unit: "binary", minLength: 0, maxLength: 250 });
const value = fc.oneof(
  subject,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(null),
);
const position = fc.record(
  {
    source: fc.string({ maxLength: 100 }),
    after: fc.record({ value, id: fc.maxSafeInteger() }),
  },
  { requiredKeys: ["source"] },
);
const search = fc.jsonValue({ maxDepth: 2 });

const codeOf = (decode: () => unknown): string => {
  try {
    decode();
    return "none";
  } catch (error) {
    return error instanceof ToolError ? error.code : `not expected: ${String(error)}`;
  }
};

describe("a cursor", () => {
  it("leads back to where the listing stopped, whatever stood there", () => {
    fc.assert(
      fc.property(position, search, (stopped, asked) => {
        const cursor = encodeCursor(stopped, asked);
        expect(cursor).toMatch(/^[\w-]+$/);
        // -0 is written as 0.
        expect(decodeCursor(cursor, asked)).toEqual(JSON.parse(JSON.stringify(stopped)));
      }),
    );
  });

  it("leads on after a subject of 500 characters in any script", () => {
    for (const letter of ["a", "é", "漢", "\u0001", "\ud83d"]) {
      const stopped = { source: "story", after: { value: letter.repeat(500), id: 1 } };
      expect(decodeCursor(encodeCursor(stopped, {}), {})).toEqual(stopped);
    }
  });

  it("of another search is refused", () => {
    fc.assert(
      fc.property(position, search, search, (stopped, asked, other) => {
        fc.pre(JSON.stringify(asked) !== JSON.stringify(other));
        const cursor = encodeCursor(stopped, asked);
        expect(codeOf(() => decodeCursor(cursor, other))).toBe("invalid_argument");
      }),
    );
  });

  // @rule INPUT-19
  it("is refused as an invalid argument when it is forged", () => {
    const forged = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString("base64url")),
      fc
        .record({ q: fc.string(), s: fc.anything(), v: fc.anything(), i: fc.anything() })
        .map((content) => Buffer.from(toJson(content)).toString("base64url")),
    );
    fc.assert(
      fc.property(forged, (cursor) => {
        expect(codeOf(() => decodeCursor(cursor, { q: 1 }))).toBe("invalid_argument");
      }),
    );
  });
});

/** Serialises to JSON, with bigints as 0. */
const toJson = (content: object): string =>
  JSON.stringify(content, (_key, part: unknown) => (typeof part === "bigint" ? 0 : part));
