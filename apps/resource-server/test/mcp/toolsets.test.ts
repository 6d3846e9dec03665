import { createSqliteKv } from "@taiga-mcp/store";
import { createToolRunner, toLoadedTool, TOOLSETS, type Toolset } from "@taiga-mcp/taiga-tools";
import { describe, expect, it } from "vitest";
import { createExchange, type McpCaller } from "../../src/mcp/exchange.ts";
import { loadsOnDemand } from "../../src/mcp/on-demand-clients.ts";
import { ResourceServerSettings } from "../../src/settings.ts";
import { toolOf } from "../support/tools.ts";

/** The names of the tools that an address lists; there is one tool for each toolset. */
async function listed(
  query: string,
  { setting, onDemand = false }: { setting?: string; onDemand?: boolean } = {},
): Promise<string[]> {
  const { offered, byDefault } = ResourceServerSettings.shape.TOOLSETS.parse(setting);
  const clock = () => 1_800_000_000;
  const runner = createToolRunner<McpCaller>({
    tools: TOOLSETS.map((toolset) => toLoadedTool(toolOf(`get_${toolset}`, "read"), toolset)),
    operator: { accessLimit: "admin", toolsets: offered },
    connect: () => {
      throw new Error("The list needs no Taiga.");
    },
    store: createSqliteKv({ file: ":memory:", clock }),
    clock,
    confirmationKey: new Uint8Array(32),
    taigaWebUrl: "https://taiga.test",
    onCall: () => {},
    onUnfilteredList: () => {},
  });
  const authInfo = {
    token: "t",
    clientId: "c",
    scopes: ["taiga:read"],
    extra: { subject: "s", grantId: "g", access: "read", projects: "all" },
  };
  const request = {
    authInfo,
    requestId: "r",
    query: new URLSearchParams(query),
    loadsOnDemand: onDemand,
  };
  const { tools } = createExchange(request, {
    runner,
    answers: "text",
    defaultToolsets: byDefault,
  });
  return (await tools.list()).map(({ listing }) => listing.name.replace("get_", ""));
}

const ALL: readonly Toolset[] = TOOLSETS;

describe("the toolsets of a connection", () => {
  // @rule MCP-TOOLS-7
  it.each<[string, string, { setting?: string; onDemand?: boolean }, readonly string[]]>([
    ["core, by default", "", {}, ["core"]],
    ["all, for a client that loads descriptions on demand", "", { onDemand: true }, ALL],
    ["those in the address", "toolsets=comments,core", {}, ["core", "comments"]],
    ["those in the address, also on demand", "toolsets=wiki", { onDemand: true }, ["wiki"]],
    ["the operator's list", "", { setting: "core,wiki" }, ["core", "wiki"]],
    ["the operator's list, also on demand", "", { setting: "wiki", onDemand: true }, ["wiki"]],
    ["no more than the operator's list", "toolsets=social,core", { setting: "core" }, ["core"]],
  ])("are %s", async (_what, query, options, expected) => {
    expect(await listed(query, options)).toEqual(expected);
  });
});

describe("a client that loads descriptions on demand", () => {
  const meta = { "io.modelcontextprotocol/clientInfo": { name: "claude-code" } };

  it.each([
    ["its User-Agent", "claude-code/2.1.332 (cli)", { method: "tools/list" }],
    ["its clientInfo", "node", { method: "tools/list", params: { _meta: meta } }],
    ["its clientInfo in a batch", "node", [{ params: {} }, { params: { _meta: meta } }]],
  ])("is known by %s", (_what, userAgent, body) =>
    expect(loadsOnDemand(userAgent, body)).toBe(true),
  );

  it.each([
    ["another User-Agent", "my-claude-code/1", {}],
    ["nothing", "", null],
    [
      "odd parameters",
      "node",
      { params: { _meta: { "io.modelcontextprotocol/clientInfo": null } } },
    ],
  ])("is not assumed from %s", (_what, userAgent, body) =>
    expect(loadsOnDemand(userAgent, body)).toBe(false),
  );
});
