import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, rpc, startHarness } from "../support/harness.ts";

let rs: Harness;
beforeAll(async () => {
  rs = await startHarness();
  rs.grant("good");
});
afterAll(() => rs.close());

const MODERN = {
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": "tools/list",
};
const MODERN_PARAMS = {
  _meta: {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  },
};
const ERAS = [
  ["2025", {}, rpc("tools/list")],
  ["2026", MODERN, rpc("tools/list", MODERN_PARAMS)],
] as const;

/** `fetch` would add an Accept header of its own. */
async function post(body: unknown, headers: Record<string, string>) {
  const { hostname, port } = new URL(rs.url);
  const sent = request({
    hostname,
    port,
    path: "/mcp",
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer good", ...headers },
  }).end(JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return {
    status: response.statusCode,
    type: response.headers["content-type"]?.split(";")[0],
    body: await text(response),
  };
}

describe.each(ERAS)("Accept in the era of %s", (_era, headers, body) => {
  // @rule MCP-TRANSPORT-10
  it.each([
    undefined,
    "",
    "*/*",
    "application/*",
    "application/json",
    "Application/JSON, Text/Event-Stream",
    "application/json, text/event-stream",
    "application/json; charset=utf-8",
    "text/event-stream;q=0, */*;q=0.1",
  ])("%j gets JSON", async (accept) => {
    const response = await post(body, { ...headers, ...(accept !== undefined && { accept }) });
    expect([response.status, response.type]).toEqual([200, "application/json"]);
    expect(JSON.parse(response.body)).toMatchObject({ id: 1, result: { tools: [{}, {}, {}] } });
  });

  // @rule MCP-TRANSPORT-10
  it.each(["text/event-stream", "TEXT/*", "application/json;q=0, */*"])(
    "%j gets an event stream",
    async (accept) => {
      const response = await post(body, { ...headers, accept });
      expect([response.status, response.type]).toEqual([200, "text/event-stream"]);
      const data = response.body.split("\n").find((line) => line.startsWith("data: ")) ?? "";
      expect(JSON.parse(data.slice(6))).toMatchObject({ id: 1, result: { tools: [{}, {}, {}] } });
    },
  );

  // @rule MCP-TRANSPORT-10
  it.each(["text/html", "*/*;q=0", "application/json;q=0"])("%j is refused", async (accept) => {
    const response = await post(body, { ...headers, accept });
    expect([response.status, response.type]).toEqual([406, "application/json"]);
  });
});

// @rule MCP-TRANSPORT-10
it("answers a batch with a JSON list where the client accepts only JSON", async () => {
  const batch = [rpc("ping", {}, 1), rpc("ping", {}, 2)];
  const response = await post(batch, { accept: "application/json" });
  expect((JSON.parse(response.body) as { id: number }[]).map(({ id }) => id)).toEqual([1, 2]);
});
