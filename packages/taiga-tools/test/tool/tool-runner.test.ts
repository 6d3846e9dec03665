import { createSqliteKv } from "@taiga-mcp/store";
import type { TaigaHttpRequest, TaigaHttpResponse } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type Caller,
  createToolRunner,
  CREATES,
  defineTool,
  loadTools,
  NO_NARROWING,
  toLoadedTool,
  type ToolRunnerDeps,
} from "../../src/index.ts";

const clock = () => 1_800_000_000;
const tools = await loadTools();

/** A caller of an entry that logs in with a token of its own. */
interface TokenCaller extends Caller {
  token: string;
}
const ana: TokenCaller = {
  subject: "ana",
  access: "write",
  projects: "all",
  requestId: "request-1",
  token: "ana's token",
};

const ANSWERS: Record<string, unknown> = {
  "/users/me": {
    id: 5,
    username: "ana",
    full_name: "Ana",
    full_name_display: "Ana",
    is_active: true,
    email: "ana@taiga.test",
    roles: [],
  },
  "/projects": [
    {
      id: 1,
      name: "Rocket",
      slug: "rocket",
      created_date: "2026-01-01T00:00:00.000Z",
      modified_date: "2026-01-01T00:00:00.000Z",
      members: [5],
      my_permissions: ["view_us"],
      i_am_member: true,
    },
  ],
};

/** A runner with nothing behind it but this file: no server, no network, no files. */
function start(more: Partial<ToolRunnerDeps<TokenCaller>> = {}) {
  const sent: { as: string; request: TaigaHttpRequest }[] = [];
  const calls: unknown[] = [];
  const unfiltered: unknown[] = [];
  const runner = createToolRunner<TokenCaller>({
    tools,
    operator: { accessLimit: "admin", toolsets: ["core"] },
    connect: ({ token }) => ({
      async send(request): Promise<TaigaHttpResponse> {
        sent.push({ as: token, request });
        const body = ANSWERS[request.path] ?? { detail: "Not found." };
        return {
          status: request.path in ANSWERS ? 200 : 404,
          headers: { "content-type": "application/json" },
          text: JSON.stringify(body),
        };
      },
      close: async () => {},
    }),
    store: createSqliteKv({ file: ":memory:", clock }),
    clock,
    confirmationKey: new Uint8Array(32),
    taigaWebUrl: "https://taiga.test",
    onCall: (record) => void calls.push(record),
    onUnfilteredList: (record) => void unfiltered.push(record),
    ...more,
  });
  return { runner, sent, calls, unfiltered };
}

const namesOf = (list: readonly { listing: { name: string } }[]): string[] =>
  list.map(({ listing }) => listing.name);

describe("a tool runner without a server", () => {
  it("runs a tool as the caller, with text for a model and data for a program", async () => {
    const { runner, sent, calls } = start();
    const outcome = await runner.for(ana).run("get_me", {}, { answers: "structured" });
    expect(outcome).toMatchObject({
      text: expect.stringContaining("@ana | Ana"),
      data: { username: "ana", projects: [{ slug: "rocket" }] },
    });
    expect(new Set(sent.map(({ as }) => as))).toEqual(new Set(["ana's token"]));
    expect(calls).toEqual([
      {
        caller: ana,
        tool: "get_me",
        isWrite: false,
        target: "",
        requestId: "request-1",
        durationMs: expect.any(Number),
        outcome: "ok",
        severity: "info",
      },
    ]);
  });

  it.each([
    ["update_items", { items: [{ ref: "#1" }], project: "rocket", set: {} }, true, "rocket #1"],
    ["update_items", { items: [{ ref: "#1" }], set: {}, dry_run: true }, false, "#1"],
    ["delete_items", { refs: ["#1", "#2"] }, false, "#1, #2"],
    ["delete_items", { refs: ["#1"], confirm: "x" }, true, "#1"],
    ["find_items", { project: "rocket" }, false, "rocket"],
  ])("records whether %s with %j writes, and where", async (name, args, isWrite, target) => {
    const { runner, calls } = start();
    await runner.for(ana).run(name, args);
    expect(calls).toMatchObject([{ tool: name, isWrite, target }]);
  });

  it("refuses what the user did not grant, records that, and asks Taiga nothing", async () => {
    const { runner, sent, calls } = start();
    const callerTools = runner.for(ana);
    const outcome = await callerTools.run("delete_items", { refs: ["#1"] });
    expect(outcome).toMatchObject({
      text: expect.stringMatching(/^access_level_too_low: .*delete/),
      failure: { code: "access_level_too_low" },
    });
    expect(callerTools.decide("delete_items")).toMatchObject({
      list: false,
      run: { refused: { needs: "delete" } },
    });
    expect(sent).toEqual([]);
    expect(calls).toMatchObject([{ tool: "delete_items", outcome: "access_level_too_low" }]);
  });

  it("answers an unknown tool name with a failure", async () => {
    const { runner } = start();
    const callerTools = runner.for(ana);
    expect(await callerTools.run("no_such_tool", {})).toMatchObject({
      text: "not_found: There is no tool `no_such_tool`.",
      failure: { code: "not_found" },
    });
    expect(callerTools.decide("no_such_tool")).toMatchObject({
      list: false,
      run: { refused: { code: "not_found" } },
    });
  });

  it("lists what is of use: within the caller's access and Taiga's permissions", async () => {
    const { runner } = start();
    const all = namesOf(await runner.for(ana).list());
    expect(all).toContain("find_items");
    expect(all).not.toContain("delete_items");
    expect(all).not.toContain("create_items");
    expect(namesOf(runner.tools)).toContain("delete_items");
  });

  it("does for a request no more than it asks for", async () => {
    const { runner } = start();
    const reading = runner.for(ana, { ...NO_NARROWING, readOnly: true });
    expect(await reading.run("add_comment", {})).toMatchObject({
      failure: { code: "access_level_too_low", message: expect.stringContaining("?readonly") },
    });
    const none = runner.for(ana, { ...NO_NARROWING, toolsets: [] });
    expect(await none.list()).toEqual([]);
  });

  it("lists by access alone when the way to Taiga fails, and says so", async () => {
    const outage = Object.assign(new Error("away"), { code: "temporarily_unavailable" });
    const connect = () => ({ send: () => Promise.reject(outage), close: async () => {} });
    const { runner, unfiltered } = start({ connect });
    expect(namesOf(await runner.for(ana).list())).toContain("create_items");
    expect(unfiltered).toEqual([{ caller: ana, error: outage }]);
    expect(await runner.for(ana).run("get_me", {})).toMatchObject({
      failure: { code: "temporarily_unavailable", severity: "warn" },
    });
  });

  it("keeps what it remembers of calls apart by user", async () => {
    let made = 0;
    const createThing = defineTool({
      name: "create_thing",
      title: "Create a thing",
      description: "Creates a thing.",
      access: "write",
      annotations: CREATES,
      inputSchema: z.object({}),
      outputSchema: z.object({ number: z.number() }),
      async handler(_input, { idempotency }) {
        const call = { tool: "create_thing", key: "a key", args: {} };
        const work = async () => ({ result: ++made, isComplete: true });
        const { result: number } = await idempotency.run(call, work);
        return { text: `Thing ${number}`, data: { number } };
      },
    });
    const { runner } = start({ tools: [toLoadedTool(createThing, "core")] });
    const run = async (caller: TokenCaller) =>
      (await runner.for(caller).run("create_thing", {})).text;
    expect(await run(ana)).toBe("Thing 1");
    expect(await run({ ...ana, requestId: "request-2" })).toBe("Thing 1");
    expect(await run({ ...ana, subject: "bob" })).toBe("Thing 2");
  });
});
