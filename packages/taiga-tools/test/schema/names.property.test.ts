import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitNames } from "../../src/items/find/plain-filter.ts";
import { ToolError } from "../../src/errors.ts";
import { findByName, isSameName, nearestNames } from "../../src/schema/names.ts";
import { toOneLine } from "../../src/text/clean.ts";

const name = fc.oneof(
  fc.constantFrom(
    "New",
    "new",
    "In progress",
    "in-progress",
    "IN  PROGRESS",
    "In prog",
    "ﬁn",
    "fin",
    "Newer",
    "Ne w",
  ),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
);
const known = fc.uniqueArray(name, { maxLength: 6 });

/** Returns the match; `undefined` for an expected refusal. */
function find(options: string[], wanted: string): string | undefined {
  try {
    const named = options.map((option) => ({ name: option }));
    return findByName(named, wanted, "status", (option) => [option.name]).name;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    expect(["not_found", "ambiguous_name"]).toContain(error.code);
    expect(error.message).toMatch(/^status: /);
    return undefined;
  }
}

describe("a name among others", () => {
  it("is found as written, whatever else differs by more than what cannot be seen", () => {
    fc.assert(
      fc.property(known, name, (others, wanted) => {
        const shown = toOneLine(wanted);
        const distinct = others.filter((other) => toOneLine(other) !== shown);
        expect(find([...distinct, wanted], wanted)).toBe(wanted);
      }),
    );
  });

  // @rule INPUT-19
  it("never finds what is only near: case, spaces, hyphens and letter forms are all that may differ", () => {
    const plain = (text: string) =>
      text
        .normalize("NFKC")
        .toLowerCase()
        .replaceAll(/[-_\s]+/g, " ")
        .trim();
    fc.assert(
      fc.property(known, name, (options, wanted) => {
        const found = find(options, wanted);
        expect(found === undefined || plain(found) === plain(wanted)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("is the same in both directions", () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(isSameName(one, other)).toBe(isSameName(other, one));
        expect(isSameName(one, ` ${one} `)).toBe(true);
      }),
    );
  });

  it("is answered with at most five candidates, all of them names that exist", () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), fc.string(), (options, wanted) => {
        const near = nearestNames(wanted, options);
        expect(near.length).toBeLessThanOrEqual(5);
        expect(near.filter((each) => !options.includes(each))).toEqual([]);
      }),
    );
  });
});

describe("a filter of any names", () => {
  it("includes or leaves out each of them, and loses none", () => {
    fc.assert(
      fc.property(fc.array(name), fc.array(name), (wanted, unwanted) => {
        const plain = wanted.filter((each) => !each.startsWith("!"));
        const { included, excluded } = splitNames([
          ...plain,
          ...unwanted.map((each) => `! ${each}`),
        ]);
        expect(included).toEqual(plain);
        expect(excluded).toEqual(unwanted.map((each) => each.trim()));
      }),
    );
  });
});
