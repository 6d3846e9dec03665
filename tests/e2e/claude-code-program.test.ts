// What the model of the real Claude Code is given; a scripted stand-in plays the model.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALWAYS_LOADED } from "../../apps/resource-server/src/mcp/client-hints.ts";
import { INSTRUCTIONS } from "../../apps/resource-server/src/mcp/instructions.ts";
import { obtainClaudeProgram } from "../support/claude-program.ts";
import { openSession } from "../support/mcp-session.ts";
import {
  type ContentBlock,
  type ModelRequest,
  resultsIn,
  startMessagesApi,
  textIn,
  type Turn,
} from "../support/messages-api.ts";
import { startSystem, type System } from "../support/system.ts";
import { PROCESS_MS } from "../support/time-limits.ts";

const run = promisify(execFile);
const program = obtainClaudeProgram();
const isMissing = "missing" in program;
const isInCi = process.env["CI"] !== undefined;
if ("missing" in program) {
  console.warn(`CLAUDE CODE TESTS SKIPPED: the program cannot be had: ${program.missing}`);
}

/** Under CI the tests fail instead. */
describe.skipIf(isMissing && !isInCi)("the model of Claude Code", () => {
  let system: System;
  let accessToken: string;
  let home: string;
  let longStory: string;
  beforeAll(async () => {
    home = mkdtempSync(path.join(tmpdir(), "taiga-mcp-claude-"));
    mkdirSync(path.join(home, "work"));
    system = await startSystem();
    const session = await openSession(system.mcpUrl, { username: "alice" }, { sdk: 2 });
    accessToken = session.tokens().access_token;
    const description = "The story is long. ".repeat(2_000);
    const items = [{ kind: "story", subject: "A long story", description }];
    const { text } = await session.call("create_items", { project: "pedal", items });
    longStory = /pedal#\d+/.exec(text)?.[0] ?? text;
    await session.close();
  });
  afterAll(async () => {
    await system?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** Runs a conversation to its end. @returns the model's requests. */
  async function converse(turns: Turn[], query = ""): Promise<ModelRequest[]> {
    const api = await startMessagesApi([...turns, { text: "That is all." }]);
    const config = path.join(home, "mcp.json");
    const server = {
      type: "http",
      url: `${system.mcpUrl}${query}`,
      headers: { authorization: `Bearer ${accessToken}` },
    };
    writeFileSync(config, JSON.stringify({ mcpServers: { taiga: server } }));
    try {
      const child = run(
        "file" in program ? program.file : "",
        [
          "-p",
          "Look.",
          "--strict-mcp-config",
          "--mcp-config",
          config,
          "--allowedTools",
          "mcp__taiga",
        ],
        {
          cwd: path.join(home, "work"),
          timeout: PROCESS_MS,
          env: {
            PATH: process.env["PATH"] ?? "",
            HOME: home,
            ANTHROPIC_BASE_URL: api.url,
            ANTHROPIC_API_KEY: "scripted",
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
            DISABLE_AUTOUPDATER: "1",
          },
        },
      );
      child.child.stdin?.end();
      const { stdout } = await child;
      expect(stdout).toContain("That is all.");
      return api.conversation();
    } finally {
      await api.close();
    }
  }

  const contentOf = (requests: ModelRequest[]): ContentBlock["content"] => {
    const last = requests.at(-1);
    return last === undefined ? undefined : resultsIn(last).at(-1)?.content;
  };

  // @rule MCP-TOOLS-5
  it("gets the text of an answer with its marks around text from Taiga", async () => {
    const requests = await converse([
      { tool: "mcp__taiga__find_items", input: { kinds: ["story"], limit: 2 } },
    ]);
    const text = expect.stringMatching(
      /^2 of \d+ found\..*\n```taiga-data\npedal#\d+ story [^{]*\n```$/s,
    );
    expect(contentOf(requests)).toEqual([{ type: "text", text }]);
  });

  // @rule MCP-TOOLS-5
  it("gets the data instead where the address asks for it", async () => {
    const call = { tool: "mcp__taiga__find_items", input: { kinds: ["story"], limit: 2 } };
    const requests = await converse([call], "?answers=structured");
    const text = contentOf(requests);
    expect(JSON.parse(typeof text === "string" ? text : "")).toMatchObject({
      items: [{ kind: "story" }, { kind: "story" }],
    });
  });

  // @rule MCP-TOOLS-4
  it("gets the text of a failure, marked as one", async () => {
    const requests = await converse([
      { tool: "mcp__taiga__get_project", input: { project: "no-such-project" } },
    ]);
    const [result] = requests.flatMap(resultsIn);
    expect(result).toMatchObject({
      is_error: true,
      content: expect.stringMatching(/^not_found: .*no-such-project/),
    });
  });

  // @rule MCP-TOOLS-6
  it("sees the instructions whole, every name, and the tools that each task needs", async () => {
    const [first] = await converse([]);
    if (first === undefined) throw new Error("the model was not asked");
    const text = textIn(first);
    expect(text).toContain(INSTRUCTIONS);
    const tools = new Map(first.tools?.map((tool) => [tool.name, tool]));
    for (const name of ALWAYS_LOADED) {
      expect(tools.get(`mcp__taiga__${name}`)).toMatchObject({
        description: expect.stringMatching(/\w/),
        input_schema: { type: "object" },
      });
    }
    for (const name of ["get_me", "create_items", "update_items", "save_sprint"]) {
      expect(text).toContain(`mcp__taiga__${name}`);
    }
  });

  // @rule MCP-TOOLS-6
  it("gets a long answer whole", async () => {
    const requests = await converse([
      { tool: "mcp__taiga__get_items", input: { refs: [longStory] } },
    ]);
    expect(contentOf(requests)).toEqual([
      { type: "text", text: expect.stringMatching(/The story is long\. .{20000}/s) },
    ]);
  });

  // @rule OUTAGE-2
  it("reads in a sentence that the server has an outage and what to do", async () => {
    const requests = await converse([
      {
        tool: "mcp__taiga__get_me",
        input: {},
        before: () => system.authServer.stop(),
      },
    ]);
    await system.authServer.start();
    expect(JSON.stringify(contentOf(requests))).toContain(
      "Nothing was done; the login is still good. Wait 5 seconds, then call again.",
    );
  });
});
