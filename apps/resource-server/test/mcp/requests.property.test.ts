import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, messagesOf, rpc, startHarness } from "../support/harness.ts";

let rs: Harness;
beforeAll(async () => {
  rs = await startHarness();
  rs.grant("reader", { scope: "taiga:read" });
});
afterAll(() => rs.close());

const METHODS = [
  "initialize",
  "tools/list",
  "tools/call",
  "server/discover",
  "ping",
  "resources/read",
];
const TOOLS = ["find_things", "create_things", "delete_things", "constructor", ""];
const MODERN = "2026-07-28";

const anything = fc.jsonValue({ maxDepth: 2 });
const or = (...good: unknown[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: anything });
const params = fc.record(
  {
    name: or(...TOOLS),
    arguments: fc.oneof(anything, fc.json({ maxDepth: 1 }), fc.constant({ text: "x" })),
    protocolVersion: or("2025-06-18", MODERN),
    _meta: or({ "io.modelcontextprotocol/protocolVersion": MODERN }, {}),
  },
  { requiredKeys: [] },
);
const message = fc.record(
  {
    jsonrpc: or("2.0"),
    id: or(1, "a", null),
    method: or(...METHODS),
    params: fc.oneof({ weight: 6, arbitrary: params }, { weight: 1, arbitrary: anything }),
  },
  { requiredKeys: ["jsonrpc", "method"] },
);
const nested = fc
  .integer({ min: 1, max: 50_000 })
  .map((depth) => "[".repeat(depth) + "]".repeat(depth));
const calls = fc.array(
  fc.constantFrom(...TOOLS).map((name) => rpc("tools/call", { name, arguments: { text: "x" } })),
  { minLength: 1, maxLength: 3 },
);
const body = fc.oneof(
  { weight: 2, arbitrary: calls.map((value) => JSON.stringify(value)) },
  { weight: 6, arbitrary: message.map((value) => JSON.stringify(value)) },
  {
    weight: 2,
    arbitrary: fc.array(message, { maxLength: 3 }).map((value) => JSON.stringify(value)),
  },
  { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: nested },
  {
    weight: 2,
    arbitrary: nested.map((deep) =>
      JSON.stringify(rpc("tools/call", { name: "find_things", arguments: { text: 0 } })).replace(
        '"text":0',
        () => `"text":${deep}`,
      ),
    ),
  },
);
const headers = fc.record(
  {
    "mcp-protocol-version": fc.constantFrom(MODERN, "2025-06-18", "1", ""),
    "mcp-method": fc.constantFrom("tools/call", "tools/list", "x"),
    "mcp-name": fc.constantFrom("find_things", "delete_things", "x"),
    "mcp-session-id": fc.constantFrom("anything", ""),
  },
  { requiredKeys: [] },
);

describe("a request with any body", () => {
  // @rule MCP-AUTH-7 INPUT-17
  it("is answered as JSON-RPC or refused as a client error: never a server error, never beyond the grant", async () => {
    await fc.assert(
      fc.asyncProperty(body, headers, async (sent, extra) => {
        const response = await rs.post(sent, { token: "reader", headers: extra });
        expect(response.status).toBeLessThan(500);
        const messages = response.status === 202 ? [] : await messagesOf(response);
        const answer = JSON.stringify(messages);
        expect(answer).not.toContain("internal_error");
        expect(answer).not.toMatch(/"text":"(create|delete)_things:/);
      }),
      { numRuns: 200 },
    );
    expect(rs.log().filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });
});
