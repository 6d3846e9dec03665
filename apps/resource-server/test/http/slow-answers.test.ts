// Claude Code ends a request after 60 seconds without response headers.
import { afterEach, describe, expect, it } from "vitest";
import { type Harness, messagesOf, rpc, startHarness } from "../support/harness.ts";
import { toolDoing } from "../support/tools.ts";

let rs: Harness;
let finish: () => void;
afterEach(() => rs.close());

async function start() {
  const { promise, resolve } = Promise.withResolvers<void>();
  finish = resolve;
  const slow = toolDoing("create_things", "write", async ({ reportProgress }) => {
    await promise;
    await reportProgress(2, 2, "last");
    return "done";
  });
  rs = await startHarness({ tools: [slow] });
  rs.grant("all");
}

const call = (meta: Record<string, unknown> = {}) =>
  rpc("tools/call", { name: "create_things", arguments: {}, _meta: meta });
const MODERN = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const modernHeaders = {
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": "tools/call",
  "mcp-name": "create_things",
};

describe.each([
  ["2025", {}, {}],
  ["2026", MODERN, modernHeaders],
])("a call that takes long, in the era of %s", (_era, meta, headers) => {
  // @rule MCP-TRANSPORT-12
  it("opens an event stream before its answer is there", async () => {
    await start();
    // `fetch` resolves with the response headers.
    const response = await rs.post(call(meta), { token: "all", headers });
    finish();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(await messagesOf(response)).toMatchObject([
      { id: 1, result: { content: [{ text: "done" }] } },
    ]);
  });

  // @rule MCP-TRANSPORT-12
  it("reports its progress on that stream to a client that asks for it", async () => {
    await start();
    const asking = call({ ...meta, progressToken: 7 });
    const response = await rs.post(asking, { token: "all", headers });
    finish();
    expect(await messagesOf(response)).toMatchObject([
      { method: "notifications/progress", params: { progressToken: 7, progress: 2 } },
      { id: 1, result: { content: [{ text: "done" }] } },
    ]);
  });

  // @rule MCP-TRANSPORT-12
  it("waits for its answer where the client accepts only JSON", async () => {
    await start();
    setTimeout(finish, 1_500);
    const json = { ...headers, accept: "application/json" };
    const response = await rs.post(call(meta), { token: "all", headers: json });
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(await response.json()).toMatchObject({ id: 1, result: {} });
  });

  // @rule MCP-TRANSPORT-10
  it("is JSON when it is quick", async () => {
    await start();
    finish();
    const response = await rs.post(call(meta), { token: "all", headers });
    expect(response.headers.get("content-type")).toContain("application/json");
    await response.text();
  });
});
