import { defineTool, READS } from "@taiga-mcp/taiga-tools";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Harness, messagesOf, rpc, startHarness } from "../support/harness.ts";
import { toolDoing, toolOf } from "../support/tools.ts";

let rs: Harness;
afterEach(() => rs.close());

const start = async (options: Parameters<typeof startHarness>[0] = {}) => {
  rs = await startHarness(options);
  rs.grant("all");
};
const resultOf = async (method: string, path = "/mcp", params = {}) => {
  const [message] = await messagesOf(await rs.post(rpc(method, params), { token: "all", path }));
  return message?.["result"] as Record<string, unknown>;
};
const list = async (path?: string) =>
  (await resultOf("tools/list", path))["tools"] as Record<string, unknown>[];
const call = (path?: string, name = "find_things") => resultOf("tools/call", path, { name });

describe("answers", () => {
  // @rule MCP-TOOLS-5
  it("are text alone by default, and no output schema is listed", async () => {
    await start();
    expect(await call()).toEqual({ content: [{ type: "text", text: "find_things: nothing" }] });
    for (const tool of await list()) expect(tool).not.toHaveProperty("outputSchema");
  });

  // @rule MCP-TOOLS-5
  it("have data and output schemas for an address that asks for them", async () => {
    await start();
    const path = "/mcp?answers=structured";
    expect(await call(path)).toEqual({
      content: [{ type: "text", text: "find_things: nothing" }],
      structuredContent: { said: "nothing" },
    });
    for (const tool of await list(path)) expect(tool).toHaveProperty("outputSchema.type", "object");
  });

  // @rule MCP-TOOLS-5
  it("have the form that the operator chose, unless the address chooses another", async () => {
    rs = await startHarness();
    const config = { answers: "structured" as const };
    await rs.close();
    await start({ config });
    expect(await call()).toHaveProperty("structuredContent");
    expect(await call("/mcp?answers=text")).not.toHaveProperty("structuredContent");
  });

  it("of an unknown form are refused with the known ones", async () => {
    await start();
    const path = "/mcp?answers=xml";
    const response = await rs.post(rpc("tools/list"), { token: "all", path });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: "answers: must be text or structured." });
  });

  // @rule MCP-TOOLS-5
  it("that tell a failure are text alone in both forms, because one client would drop the text", async () => {
    const fail = toolDoing("find_things", "read", () => Promise.reject(new Error("a bug")));
    await start({ tools: [fail] });
    for (const path of ["/mcp", "/mcp?answers=structured"]) {
      expect(await call(path)).toEqual({
        isError: true,
        content: [{ type: "text", text: expect.stringMatching(/^internal_error/) }],
      });
    }
  });

  // @rule MCP-TOOLS-5
  it("have clean strings in their data, names of members included", async () => {
    const hidden = "a\u200Bb\u202Ec\u{E0041}d\u001B";
    const tool = defineTool({
      name: "find_things",
      title: "Find things",
      description: "Finds things.",
      access: "read",
      annotations: READS,
      inputSchema: z.object({}),
      outputSchema: z.object({ items: z.array(z.record(z.string(), z.string())) }),
      handler: async () => ({ text: hidden, data: { items: [{ [hidden]: hidden }] } }),
    });
    await start({ tools: [tool] });
    expect(await call("/mcp?answers=structured")).toEqual({
      content: [{ type: "text", text: "abcd" }],
      structuredContent: { items: [{ abcd: "abcd" }] },
    });
  });
});

describe("hints for Claude Code", () => {
  // @rule MCP-TOOLS-6
  it("load at once what every task needs, and lift the limit for long answers", async () => {
    const tools = ["find_items", "get_items", "get_sprint", "get_me"].map((name) =>
      toolOf(name, "read"),
    );
    await start({ tools });
    const hints = (await list()).map(({ name, _meta: meta }) => [name, meta]);
    const long = { "anthropic/maxResultSizeChars": 500_000 };
    expect(hints).toEqual([
      ["find_items", { "anthropic/alwaysLoad": true, ...long }],
      ["get_items", { "anthropic/alwaysLoad": true, ...long }],
      ["get_sprint", long],
      ["get_me", undefined],
    ]);
  });
});
