import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withArgumentObjects } from "../../src/mcp/lenient-arguments.ts";

const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));
const callOf = (args: unknown) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "find_items", arguments: args },
});

describe("the arguments of a call", () => {
  it("are read the same as an object and as its JSON text, alone and in a batch", () => {
    fc.assert(
      fc.property(object, (args) => {
        const json = JSON.stringify(args);
        const expected = callOf(JSON.parse(json));
        expect(withArgumentObjects(callOf(json))).toEqual(expected);
        expect(withArgumentObjects([callOf(json), callOf(args)])).toEqual([expected, callOf(args)]);
      }),
    );
  });

  it("stay text when the text does not contain an object", () => {
    const other = fc.oneof(
      fc.string({ unit: "binary" }).map((text) => `x${text}`),
      fc.array(fc.integer()).map((list) => JSON.stringify(list)),
      fc.constantFrom("null", "1", '"{}"', "{", ""),
    );
    fc.assert(
      fc.property(other, (text) => {
        expect(withArgumentObjects(callOf(text))).toEqual(callOf(text));
      }),
    );
  });
});

describe("any other body", () => {
  it("keeps its text arguments when it is not a tool call", () => {
    fc.assert(
      fc.property(fc.constantFrom("prompts/get", "tools/list", ""), object, (method, args) => {
        const body = { ...callOf(JSON.stringify(args)), method };
        expect(withArgumentObjects(body)).toEqual(body);
      }),
    );
  });

  // @rule INPUT-17
  it("is returned unchanged, and the input is not modified", () => {
    const message = fc.oneof(
      fc.jsonValue(),
      fc.record({ method: fc.constantFrom("tools/list", "ping"), params: fc.jsonValue() }),
      fc.record({ method: fc.constant("tools/call"), params: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(message, (body) => {
        const before = JSON.stringify(body);
        const { arguments: args } =
          (body as { params?: { arguments?: unknown } } | null)?.params ?? {};
        fc.pre(typeof args !== "string");
        expect(JSON.stringify(withArgumentObjects(body))).toBe(before);
        expect(JSON.stringify(body)).toBe(before);
      }),
    );
  });
});
