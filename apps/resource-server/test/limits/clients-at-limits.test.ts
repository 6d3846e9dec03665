// What real client libraries make of a call above the limits.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "../support/harness.ts";

const LOOSE = { perMinute: 1_000, parallel: 100 };

let rs: Harness;
beforeEach(async () => {
  const callLimits = { read: { perMinute: 1, parallel: 1 }, write: LOOSE, expensive: LOOSE };
  rs = await startHarness({ config: { callLimits } });
  rs.grant("good");
});
afterEach(() => rs.close());

const bearer = { requestInit: { headers: { authorization: "Bearer good" } } };
const refusal = {
  isError: true,
  content: [{ type: "text", text: expect.stringMatching(/^rate_limited: .* Wait 60 seconds/) }],
};

describe("a tool call above the limit is a tool error that the model reads", () => {
  // @rule COST-7
  it.each([
    ["2025-11-25", {}],
    ["2026-07-28", { versionNegotiation: { mode: { pin: "2026-07-28" } } }],
  ])("with SDK v2 in revision %s", async (_revision, options) => {
    const client = new Client({ name: "test", version: "1" }, options);
    await client.connect(new StreamableHTTPClientTransport(new URL(rs.mcp), bearer));
    const call = () => client.callTool({ name: "find_things", arguments: {} });
    expect(await call()).toMatchObject({
      content: [{ type: "text", text: "find_things: nothing" }],
    });
    expect(await call()).toMatchObject(refusal);
    // The connection goes on.
    expect((await client.listTools()).tools).toHaveLength(3);
    await client.close();
  });

  // @rule COST-7
  it("with SDK v1", async () => {
    const client = new OldClient({ name: "test", version: "1" });
    await client.connect(new OldTransport(new URL(rs.mcp), bearer));
    const call = () => client.callTool({ name: "find_things", arguments: {} });
    expect(await call()).toMatchObject({
      content: [{ type: "text", text: "find_things: nothing" }],
    });
    expect(await call()).toMatchObject(refusal);
    expect((await client.listTools()).tools).toHaveLength(3);
    await client.close();
  });
});
