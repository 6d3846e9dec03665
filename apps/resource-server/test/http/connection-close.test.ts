import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Harness, rpc, startHarness } from "../support/harness.ts";

let rs: Harness;
beforeAll(async () => {
  rs = await startHarness();
  rs.grant("good");
});
afterAll(() => rs.close());

// @rule RFC9112-9.3-1
it.each([
  ["close", "close"],
  ["keep-alive", "keep-alive"],
])("an event stream of MCP keeps to the client's `Connection: %s`", async (asked, answered) => {
  const { hostname, port } = new URL(rs.url);
  const headers = {
    "content-type": "application/json",
    authorization: "Bearer good",
    accept: "text/event-stream",
    connection: asked,
  };
  const sent = request({ hostname, port, path: "/mcp", method: "POST", headers });
  sent.end(JSON.stringify(rpc("tools/list")));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  expect(response.headers["content-type"]).toContain("text/event-stream");
  expect(response.headers.connection).toBe(answered);
  expect(response.headers["keep-alive"] !== undefined).toBe(asked === "keep-alive");
  await text(response);
});
