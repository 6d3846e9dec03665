import { afterEach, describe, expect, it } from "vitest";
import { ME, projectWith } from "../support/fake-taiga.ts";
import {
  type Harness,
  type HarnessOptions,
  messagesOf,
  rpc,
  startHarness,
} from "../support/harness.ts";
import { toolOf } from "../support/tools.ts";

let rs: Harness;
afterEach(() => rs.close());

const TOOLS = [
  toolOf("find_things", "read"),
  toolOf("create_things", "write", { taigaPermissions: ["add_us", "add_task"] }),
  toolOf("update_things", "write", { taigaPermissions: ["modify_us"] }),
];

const start = async (options: HarnessOptions = {}) => {
  rs = await startHarness({ tools: TOOLS, ...options });
  rs.grant("all");
  rs.grant("reader", { scope: "taiga:read" });
};
const listed = async (token = "all", path = "/mcp") => {
  const [{ result } = {}] = await messagesOf(await rs.post(rpc("tools/list"), { token, path }));
  return (result as { tools: { name: string }[] }).tools.map(({ name }) => name);
};
const letTaigaSay = (permissions: string[]) => {
  rs.authServer.exchanges.set("all", { access_token: "t", token_type: "Bearer", expires_in: 600 });
  rs.taiga.tokens.add("t");
  rs.taiga.answers.set("/users/me", ME);
  rs.taiga.answers.set("/projects", [projectWith(permissions)]);
};

describe("tools/list", () => {
  // @rule MCP-TRANSPORT-6
  it("shows what the grant allows", async () => {
    await start();
    expect(await listed("reader")).toEqual(["find_things"]);
  });

  it("shows less through a narrower URL, and answers unknown toolsets with 400", async () => {
    await start();
    expect(await listed("all", "/mcp?readonly=true")).toEqual(["find_things"]);
    const response = await rs.post(rpc("tools/list"), {
      token: "all",
      path: "/mcp?toolsets=nonsense",
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining("core") });
  });

  // @rule MCP-TRANSPORT-6
  it("leaves out tools that the user's Taiga permissions make useless", async () => {
    await start();
    letTaigaSay(["view_us", "add_task"]);
    expect(await listed()).toEqual(["find_things", "create_things"]);
  });

  it("uses only the grant when Taiga or the Taiga login is unavailable", async () => {
    await start();
    expect(await listed()).toEqual(["find_things", "create_things", "update_things"]);
    rs.authServer.exchanges.set("all", { access_token: "t", token_type: "Bearer" });
    expect(await listed()).toEqual(["find_things", "create_things", "update_things"]);
  });

  it("does not ask Taiga when its answer could not change the list", async () => {
    await start();
    letTaigaSay([]);
    rs.authServer.exchanges.set("reader", rs.authServer.exchanges.get("all"));
    await listed("reader");
    expect(rs.taiga.requests).toEqual([]);
  });

  it("is the only method that reads permissions: a tool call does not", async () => {
    await start();
    letTaigaSay([]);
    await (await rs.post(rpc("tools/call", { name: "update_things" }), { token: "all" })).text();
    expect(rs.taiga.requests).toEqual([]);
    expect(rs.authServer.requests.map(({ path }) => path)).toEqual(["/introspect"]);
  });

  // @rule MCP-TRANSPORT-6
  it("is private to the user and contains no conversion leftovers", async () => {
    await start();
    const [message] = await messagesOf(await rs.post(rpc("tools/list"), { token: "reader" }));
    expect(JSON.stringify(message)).not.toMatch(/\$schema|additionalProperties/);
    const modern = {
      ...rpc("tools/list", {
        _meta: {
          "io.modelcontextprotocol/protocolVersion": "2026-07-28",
          "io.modelcontextprotocol/clientCapabilities": {},
        },
      }),
    };
    const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" };
    const [answer] = await messagesOf(await rs.post(modern, { token: "reader", headers }));
    expect(answer).toMatchObject({ result: { cacheScope: "private", ttlMs: 60_000 } });
  });
});
