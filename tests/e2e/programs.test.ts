// The Inspector's command line and mcp-remote, unchanged, as separate processes.
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProgramHome, type ProgramHome, runProgram } from "../support/programs.ts";
import { startSystem, type System } from "../support/system.ts";
import { PROCESS_MS } from "../support/time-limits.ts";

const INSPECTOR = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js";
const MCP_REMOTE = "node_modules/mcp-remote/dist/proxy.js";

let system: System;
let home: ProgramHome;
beforeAll(async () => {
  system = await startSystem();
  home = createProgramHome("alice");
});
afterAll(async () => {
  await system.stop();
  home.remove();
});

describe("the Inspector's command line", () => {
  const inspect = (...args: string[]): Promise<{ stdout: string }> =>
    runProgram(
      INSPECTOR,
      ["--cli", "--server-url", system.mcpUrl, "--transport", "http", ...args],
      {
        ...home.environment,
        MCP_AUTO_OPEN_ENABLED: "true",
      },
    );

  // @rule MCP-TRANSPORT-3
  it("logs in through the browser and lists the tools", async () => {
    const { stdout } = await inspect("--method", "tools/list");
    expect(stdout).toContain('"get_me"');
  });

  // @rule MCP-TOOLS-1
  it("accepts the tools' schemas without complaint", async () => {
    const { stdout } = await inspect("--use-stored-auth", "--method", "tools/list", "--strict");
    expect(stdout).toContain('"get_me"');
  });

  it("calls a tool in the modern protocol era, too", async () => {
    const { stdout } = await inspect(
      "--use-stored-auth",
      "--protocol-era",
      "modern",
      "--method",
      "tools/call",
      "--tool-name",
      "get_me",
    );
    expect(stdout).toContain("alice");
  });
});

describe("mcp-remote", () => {
  // @rule MCP-TRANSPORT-3
  it("bridges a stdio client to the server, logging in through the browser", async () => {
    const client = new Client({ name: "stdio-client", version: "1.0.0" });
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [path.resolve(MCP_REMOTE), system.mcpUrl],
      env: home.environment,
      stderr: "pipe",
    });
    try {
      await client.connect(transport, { timeout: PROCESS_MS });
      const { tools } = await client.listTools();
      expect(tools.map((tool) => tool.name)).toContain("get_me");
      const me = await client.callTool({ name: "get_me", arguments: {} });
      expect(JSON.stringify(me)).toContain("alice");
    } finally {
      await client.close();
    }
  });
});
