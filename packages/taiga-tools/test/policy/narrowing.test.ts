import { describe, expect, it } from "vitest";
import { NarrowingError, parseNarrowing, toNarrowingQuery } from "../../src/policy/narrowing.ts";

const parse = (query: string) => parseNarrowing(new URLSearchParams(query));

describe("parseNarrowing", () => {
  it.each([
    ["", { toolsets: undefined, readOnly: false }],
    ["unknown=1", { toolsets: undefined, readOnly: false }],
    ["toolsets=core", { toolsets: ["core"], readOnly: false }],
    ["toolsets=core,%20core,", { toolsets: ["core"], readOnly: false }],
    ["readonly", { toolsets: undefined, readOnly: true }],
    ["readonly=TRUE", { toolsets: undefined, readOnly: true }],
    ["readonly=0", { toolsets: undefined, readOnly: false }],
  ])("reads ?%s", (query, expected) => expect(parse(query)).toEqual(expected));

  it("answers an unknown toolset with the known ones", () => {
    expect(() => parse("toolsets=core,nonsense")).toThrow(/^toolsets: .*Known toolsets: core/);
  });

  it.each(["toolsets=", "toolsets=core&toolsets=core", "readonly=maybe", "readonly=1&readonly=0"])(
    "refuses ?%s instead of guessing",
    (query) => expect(() => parse(query)).toThrow(NarrowingError),
  );
});

describe("toNarrowingQuery", () => {
  it.each(["?toolsets=core", "?readonly=true&toolsets=core", "?toolsets=%63ore"])(
    "keeps %s as it was written, because clients compare text",
    (query) => expect(toNarrowingQuery(query)).toBe(query),
  );

  it.each([
    "",
    "?",
    "?a=b",
    "?toolsets=core&a=b",
    "?toolsets=nonsense",
    '?toolsets=core"',
    "?readonly=x",
  ])("drops %j", (query) => expect(toNarrowingQuery(query)).toBe(""));
});
