import { UnavailableError } from "@taiga-mcp/service";
import { TaigaError } from "@taiga-mcp/taiga-client";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ToolError } from "@taiga-mcp/taiga-tools";
import { ME } from "../support/fake-taiga.ts";
import {
  type Harness,
  type HarnessOptions,
  messagesOf,
  rpc,
  startHarness,
} from "../support/harness.ts";
import { toolDoing, toolOf } from "../support/tools.ts";

let rs: Harness;
afterEach(() => rs.close());

const start = async (options: HarnessOptions = {}) => {
  rs = await startHarness(options);
  rs.grant("all");
  rs.grant("reader", { scope: "taiga:read", access: "read" });
};
const call = (name: string, args: Record<string, unknown> = {}, id = 1) =>
  rpc("tools/call", { name, arguments: args }, id);
const resultOf = async (response: Response) => {
  const [message] = await messagesOf(response);
  return message?.["result"] as { content: { text: string }[]; isError?: boolean };
};
const textOf = async (name: string, token = "all", args = {}) =>
  (await resultOf(await rs.post(call(name, args), { token }))).content[0]?.text ?? "";

describe("a tool above the granted level", () => {
  // @rule RFC6750-3.1-1
  it("is answered with 403 and the scopes to ask for, so that a client asks its user", async () => {
    await start();
    const response = await rs.post(call("delete_things"), { token: "reader" });
    expect(response.status).toBe(403);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer error="insufficient_scope", error_description="delete_things needs the access level delete", scope="taiga:read taiga:write taiga:delete", resource_metadata="${rs.url}/.well-known/oauth-protected-resource/mcp"`,
    );
  });

  // @rule MCP-AUTH-7
  it("does not run in a batch, which an HTTP-layer check cannot see through", async () => {
    let ran = 0;
    const tool = toolDoing("create_things", "write", async () => `ran ${++ran}`);
    await start({ tools: [tool, toolOf("find_things", "read")] });
    for (const batch of [
      [call("create_things")],
      [call("find_things", {}, 1), call("create_things", {}, 2)],
    ]) {
      const response = await rs.post(batch, { token: "reader" });
      await response.text();
    }
    // There is no HTTP challenge here, so the check before the handler is what refuses it.
    const path = "/mcp?readonly=true";
    await (await rs.post([call("create_things")], { token: "all", path })).text();
    expect(ran).toBe(0);
    await rs.post([call("create_things")], { token: "all" });
    expect(ran).toBe(1);
  });

  it("does not run when no HTTP challenge is sent, and the answer says how to get access", async () => {
    await start({ config: { accessLimit: "write" } });
    const response = await rs.post(call("delete_things"), { token: "all" });
    expect(response.status).toBe(200);
    const result = await resultOf(response);
    expect(result.isError).toBe(true);
    expect(result.content[0]?.text).toMatch(/^access_level_too_low: .*write at most/);
  });

  // @rule MCP-AUTH-7
  it("does not run through a ?readonly URL, whatever was granted", async () => {
    await start();
    const response = await rs.post(call("create_things"), {
      token: "all",
      path: "/mcp?readonly=true",
    });
    expect((await resultOf(response)).content[0]?.text).toMatch(
      /^access_level_too_low: .*\?readonly/,
    );
  });
});

describe("an error", () => {
  // @rule MCP-TOOLS-4
  it.each([
    [
      "ToolError",
      new ToolError("not_found", "There is no #9."),
      /^not_found: There is no #9\. Nothing was written\. Correct this/,
    ],
    [
      "UnavailableError",
      new UnavailableError("The store is away."),
      /^temporarily_unavailable: .* call again\.$/,
    ],
    [
      "a Taiga conflict",
      new TaigaError("version_conflict", "It changed"),
      /^version_conflict: It changed\. .*get_items/,
    ],
    [
      "a Taiga throttle",
      new TaigaError("throttled", "Slow", { retryAfterSeconds: 7 }),
      /^throttled: .*7 seconds/,
    ],
    [
      "a refused Taiga token",
      new TaigaError("token_not_valid", "No"),
      /^token_not_valid: .*reconnect/,
    ],
    [
      "an unknown outcome",
      new TaigaError("unavailable", "Reset", { outcomeUnknown: true }),
      /^unavailable: .*Check with find_items/,
    ],
  ])("is told to the model: %s", async (_name, error, text) => {
    await start({
      tools: [
        toolDoing("create_things", "write", async () => {
          throw error;
        }),
      ],
    });
    const result = await resultOf(await rs.post(call("create_things"), { token: "all" }));
    expect(result.isError).toBe(true);
    expect(result.content[0]?.text).toMatch(text);
  });

  // @rule MCP-TOOLS-4
  it("that is unexpected shows only the id of its log record", async () => {
    await start({
      tools: [
        toolDoing("create_things", "write", async () => {
          throw new TypeError("inner secret");
        }),
      ],
    });
    const response = await rs.post(call("create_things"), { token: "all" });
    const id = response.headers.get("x-request-id");
    const text = (await resultOf(response)).content[0]?.text;
    expect(text).toMatch(new RegExp(`^internal_error: .*${id}`));
    expect(text).not.toContain("inner secret");
    // The write may have happened; a model that is not told so repeats it.
    expect(text).toContain("Check with find_items");
    expect(rs.log().find(({ msg }) => msg === "tool call")).toMatchObject({
      level: 50,
      requestId: id,
      outcome: "internal_error",
      err: { message: "inner secret" },
    });
  });

  // @rule MCP-TOOLS-4
  it("in the arguments names field and rule, and the handler does not run", async () => {
    let ran = false;
    const inputSchema = z.object({
      items: z.array(z.object({ subject: z.string("must be text") })),
    });
    const tool = toolOf("create_things", "write", {
      inputSchema,
      handler: async () => {
        ran = true;
        return { text: "", data: { said: "" } };
      },
    });
    await start({ tools: [tool] });
    const text = await textOf("create_things", "all", {
      items: [{ subject: "a" }, { subject: 1 }],
    });
    expect(text).toMatch(/^invalid_argument: items\.1\.subject: must be text\. Nothing was done/);
    expect(ran).toBe(false);
  });

  // @rule MCP-TOOLS-3
  it("in the output is a server bug: output that does not match its schema is not sent", async () => {
    const tool = toolOf("find_things", "read", {
      handler: async () => ({ text: "fine", data: { said: 1 } as never }),
    });
    await start({ tools: [tool] });
    const options = { token: "all", path: "/mcp?answers=structured" };
    const result = await resultOf(await rs.post(call("find_things"), options));
    expect(result.content[0]?.text).toMatch(/^internal_error/);
  });

  it("in the name of a tool is a protocol error", async () => {
    await start();
    const [message] = await messagesOf(await rs.post(call("no_such_tool"), { token: "all" }));
    expect(message).toMatchObject({ error: { code: -32_602 } });
  });
});

describe("the user's Taiga", () => {
  it("is called with the grant's Taiga token, from one exchange for many calls", async () => {
    await start({
      tools: [toolDoing("get_me", "read", async ({ taiga }) => (await taiga.users.me()).username)],
    });
    rs.authServer.exchanges.set("all", {
      access_token: "taiga-token",
      token_type: "Bearer",
      expires_in: 600,
    });
    rs.taiga.tokens.add("taiga-token");
    rs.taiga.answers.set("/users/me", ME);
    expect(await Promise.all([textOf("get_me"), textOf("get_me"), textOf("get_me")])).toEqual([
      "ana",
      "ana",
      "ana",
    ]);
    expect(rs.authServer.requests.filter(({ path }) => path === "/token")).toHaveLength(1);
    expect(JSON.stringify(rs.taiga.requests)).not.toContain('"all"');
  });

  it("requires a reconnect when the Taiga login has ended", async () => {
    await start({
      tools: [toolDoing("get_me", "read", async ({ taiga }) => (await taiga.users.me()).username)],
    });
    expect(await textOf("get_me")).toMatch(/^reconnect_required: .*reconnect/);
  });

  // @rule VAULT-7
  it("does not cost a login when it is unreachable", async () => {
    await start({
      tools: [toolDoing("get_me", "read", async ({ taiga }) => (await taiga.users.me()).username)],
    });
    rs.authServer.exchanges.set("all", { error: "no token here" });
    const response = await rs.post(call("get_me"), { token: "all" });
    expect(response.status).toBe(200);
    expect((await resultOf(response)).content[0]?.text).toMatch(/^temporarily_unavailable/);
  });
});

describe("progress", () => {
  it("is sent before the result to a client that asks for it", async () => {
    const tool = toolDoing("create_things", "write", async ({ reportProgress }) => {
      await reportProgress(1, 2, "half");
      return "done";
    });
    await start({ tools: [tool] });
    const asking = rpc("tools/call", {
      name: "create_things",
      arguments: {},
      _meta: { progressToken: "p" },
    });
    const [progress, result] = await messagesOf(await rs.post(asking, { token: "all" }));
    expect(progress).toMatchObject({
      method: "notifications/progress",
      params: { progressToken: "p", progress: 1, total: 2, message: "half" },
    });
    expect(result).toHaveProperty("result");
    expect(await messagesOf(await rs.post(call("create_things"), { token: "all" }))).toHaveLength(
      1,
    );
  });
});
