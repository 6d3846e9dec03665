import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./support/harness.ts";

let rs: Harness;

beforeAll(async () => {
  rs = await startHarness();
  rs.grant("good");
});
afterAll(() => rs.close());

const bearer = (token: string) => ({
  requestInit: { headers: { authorization: `Bearer ${token}` } },
});

describe("MCP clients", () => {
  // @rule MCP-TRANSPORT-2 OMIT-3
  it.each([
    ["2025-11-25, SDK v2 with defaults", {}],
    ["SDK v2 that negotiates", { versionNegotiation: { mode: "auto" as const } }],
    ["2026-07-28 only", { versionNegotiation: { mode: { pin: "2026-07-28" } } }],
  ])("serves %s", async (_name, options) => {
    const client = new Client({ name: "test", version: "1" }, options);
    const url = new URL(`${rs.mcp}?answers=structured`);
    await client.connect(new StreamableHTTPClientTransport(url, bearer("good")));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "find_things",
      "create_things",
      "delete_things",
    ]);
    const result = await client.callTool({ name: "create_things", arguments: { text: "hello" } });
    expect(result).toMatchObject({
      content: [{ type: "text", text: "create_things: hello" }],
      structuredContent: { said: "hello" },
    });
    // No features that need requests or pushes to the client: no sampling, elicitation, subscriptions.
    expect(client.getServerCapabilities()).toEqual({ tools: { listChanged: false } });
    expect(client.getInstructions()).toContain("get_me");
    await client.close();
  });

  // @rule MCP-TRANSPORT-2
  it("serves SDK v1, which most 2025-era clients use", async () => {
    const client = new OldClient({ name: "test", version: "1" });
    await client.connect(
      new OldTransport(new URL(`${rs.mcp}/?answers=structured`), bearer("good")),
    );
    const { tools } = await client.listTools();
    expect(tools).toHaveLength(3);
    const result = await client.callTool({ name: "find_things", arguments: {} });
    expect(result["structuredContent"]).toEqual({ said: "nothing" });
    await client.close();
  });
});
