import { describe, expect, it } from "vitest";
import { withArgumentObjects } from "../../src/mcp/lenient-arguments.ts";

const call = (args: unknown) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "x", arguments: args },
});

describe("withArgumentObjects", () => {
  // @rule TAIGA-7
  it("reads an object that was sent as text, alone and in a batch", () => {
    expect(withArgumentObjects(call('{"a":1}'))).toEqual(call({ a: 1 }));
    expect(withArgumentObjects([call('{"a":1}'), call({ b: 2 })])).toEqual([
      call({ a: 1 }),
      call({ b: 2 }),
    ]);
  });

  it.each([
    call("no JSON"),
    call("[1]"),
    call("null"),
    call({ a: "{}" }),
    call(undefined),
    null,
    "x",
    3,
    {},
  ])("does not change %j, which the protocol layer validates", (body) =>
    expect(withArgumentObjects(body)).toEqual(body),
  );

  it("does not change other methods", () => {
    const other = { method: "prompts/get", params: { arguments: '{"a":1}' } };
    expect(withArgumentObjects(other)).toEqual(other);
  });
});
