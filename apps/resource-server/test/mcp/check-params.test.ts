import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, messagesOf, rpc, startHarness } from "../support/harness.ts";

let rs: Harness;
beforeAll(async () => {
  rs = await startHarness();
  rs.grant("good");
});
afterAll(() => rs.close());

const MODERN_META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const CLIENT = { name: "test", version: "1" };
const INITIALIZE = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: CLIENT };

const message = (method: string, params: unknown) => ({ jsonrpc: "2.0", id: 7, method, params });
const post = (body: unknown, headers: Record<string, string> = {}) =>
  rs.post(body, { token: "good", headers });
const answerTo = async (body: unknown) => (await messagesOf(await post(body)))[0];

const modern = (method: string, name: string | undefined, params: Record<string, unknown>) =>
  post(rpc(method, { ...params, _meta: MODERN_META }, 7), {
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": method,
    ...(name !== undefined && { "mcp-name": name }),
  });

describe("null in the params", () => {
  // @rule MCP-TRANSPORT-9
  it.each([
    ["tools/list", null],
    ["tools/list", { cursor: null }],
    ["tools/list", { _meta: null }],
    ["tools/list", { _meta: { progressToken: null } }],
    ["ping", null],
    ["tools/call", { name: "find_things", arguments: null }],
    ["tools/call", { name: "find_things", arguments: {}, _meta: null, task: null }],
    ["initialize", { ...INITIALIZE, capabilities: { roots: null, sampling: null } }],
    ["initialize", { ...INITIALIZE, clientInfo: { ...CLIENT, title: null } }],
  ])("of %s is like leaving the field out: %j", async (method, params) => {
    expect(await answerTo(message(method, params))).toMatchObject({ id: 7, result: {} });
    const [answer] = await messagesOf(await post([message(method, params)]));
    expect(answer).toMatchObject({ id: 7, result: {} });
  });

  // @rule MCP-TRANSPORT-9
  it("of a notification is like leaving the field out", async () => {
    const initialized = { jsonrpc: "2.0", method: "notifications/initialized", params: null };
    expect((await post(initialized)).status).toBe(202);
  });

  // @rule MCP-TRANSPORT-9
  it.each([
    ["tools/list", undefined, { cursor: null }],
    ["tools/call", "find_things", { name: "find_things", arguments: null }],
    ["tools/call", "find_things", { name: "find_things", requestState: null }],
  ])("is left out in the 2026-07-28 revision as well: %s", async (method, name, params) => {
    const response = await modern(method, name, params);
    expect(await response.json()).toMatchObject({ id: 7, result: {} });
  });

  // @rule MCP-TRANSPORT-9
  it("inside the arguments reaches the tool", async () => {
    const call = message("tools/call", { name: "find_things", arguments: { text: null } });
    expect(await answerTo(call)).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringContaining("text") }] },
    });
  });
});

describe("wrong params", () => {
  // @rule MCP-TRANSPORT-9
  it.each([
    ["tools/list", [], "params must be an object."],
    ["ping", "x", "params must be an object."],
    ["tools/list", { cursor: 5 }, "params.cursor must be a string."],
    ["tools/list", { _meta: 5 }, "params._meta must be an object."],
    [
      "tools/list",
      { _meta: { progressToken: {} } },
      "params._meta.progressToken must be a string or a number.",
    ],
    ["tools/call", null, "params must be an object."],
    ["tools/call", {}, "params.name must be a string."],
    ["tools/call", { name: null }, "params.name must be a string."],
    ["tools/call", { name: "find_things", arguments: [] }, "params.arguments must be an object."],
    ["tools/call", { name: "find_things", arguments: "x" }, "params.arguments must be an object."],
    ["initialize", {}, "params.protocolVersion must be a string."],
    [
      "initialize",
      { ...INITIALIZE, clientInfo: { name: "x" } },
      "params.clientInfo.version must be a string.",
    ],
    [
      "initialize",
      { ...INITIALIZE, capabilities: { roots: 5 } },
      "params.capabilities.roots must be an object.",
    ],
  ])("of %s are -32602 with a sentence: %j", async (method, params, sentence) => {
    const response = await post(message(method, params));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      jsonrpc: "2.0",
      id: 7,
      error: { code: -32_602, message: sentence },
    });
  });

  // @rule MCP-TRANSPORT-9
  it.each([
    ["tools/list", undefined, { cursor: 5 }, "params.cursor must be a string."],
    ["tools/call", "5", { name: 5 }, "params.name must be a string."],
    [
      "tools/call",
      "find_things",
      { name: "find_things", arguments: 5 },
      "params.arguments must be an object.",
    ],
  ])("are the same in the 2026-07-28 revision: %s", async (method, name, params, sentence) => {
    const response = await modern(method, name, params);
    expect(await response.json()).toMatchObject({
      id: 7,
      error: { code: -32_602, message: sentence },
    });
  });

  // @rule MCP-TRANSPORT-9
  it("refuse a batch, with the position of the message", async () => {
    const response = await post([message("ping", {}), message("tools/list", { cursor: 5 })]);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      id: null,
      error: { code: -32_602, message: "Message 2 of the batch: params.cursor must be a string." },
    });
  });

  it("leave an unknown method unknown, in both eras", async () => {
    expect(await answerTo(message("nope", {}))).toMatchObject({ error: { code: -32_601 } });
    const response = await modern("initialize", undefined, {});
    expect(await response.json()).toMatchObject({ error: { code: -32_601 } });
  });
});
