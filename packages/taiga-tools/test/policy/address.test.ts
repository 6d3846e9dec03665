import { describe, expect, it } from "vitest";
import { AddressError, parseAddress, toAddressQuery } from "../../src/policy/address.ts";

const parse = (query: string) => parseAddress(new URLSearchParams(query));

describe("parseAddress", () => {
  it.each([
    ["", { toolsets: undefined, readOnly: false }],
    ["unknown=1", { toolsets: undefined, readOnly: false }],
    ["toolsets=core", { toolsets: ["core"], readOnly: false }],
    ["toolsets=core,%20core,", { toolsets: ["core"], readOnly: false }],
    ["readonly", { toolsets: undefined, readOnly: true }],
    ["readonly=TRUE", { toolsets: undefined, readOnly: true }],
    ["readonly=0", { toolsets: undefined, readOnly: false }],
  ])("reads ?%s", (query, expected) => expect(parse(query).narrowing).toEqual(expected));

  it("answers an unknown toolset with the known ones", () => {
    expect(() => parse("toolsets=core,nonsense")).toThrow(/^toolsets: .*Known toolsets: core/);
  });

  it.each([
    ["", undefined],
    ["answers=structured", "structured"],
    ["answers=TEXT", "text"],
  ])("reads the form of answers from ?%s", (query, form) =>
    expect(parse(query).answers).toBe(form),
  );

  it.each([
    "toolsets=",
    "toolsets=core&toolsets=core",
    "readonly=maybe",
    "readonly=1&readonly=0",
    "answers=",
    "answers=json",
    "answers=text&answers=structured",
  ])("refuses ?%s instead of guessing", (query) =>
    expect(() => parse(query)).toThrow(AddressError),
  );
});

describe("toAddressQuery", () => {
  it.each([
    "?toolsets=core",
    "?readonly=true&toolsets=core",
    "?toolsets=%63ore",
    "?answers=structured",
  ])("keeps %s as it was written, because clients compare text", (query) =>
    expect(toAddressQuery(query)).toBe(query),
  );

  it.each([
    "",
    "?",
    "?a=b",
    "?toolsets=core&a=b",
    "?toolsets=nonsense",
    '?toolsets=core"',
    "?readonly=x",
  ])("drops %j", (query) => expect(toAddressQuery(query)).toBe(""));
});
