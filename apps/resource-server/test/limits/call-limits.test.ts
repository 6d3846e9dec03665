// What one connected client may ask of the MCP endpoint.
import { afterEach, describe, expect, it, vi } from "vitest";
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

const LOOSE = { perMinute: 1_000, parallel: 100 };

type CallLimit = typeof LOOSE;

interface Result {
  isError?: boolean;
  content: { text: string }[];
}

async function start(
  limits: { read?: CallLimit; write?: CallLimit; expensive?: CallLimit },
  options: HarnessOptions = {},
): Promise<void> {
  const callLimits = { read: LOOSE, write: LOOSE, expensive: LOOSE, ...limits };
  rs = await startHarness({ ...options, config: { callLimits, ...options.config } });
  rs.grant("alice");
  rs.grant("bob");
}

const call = (name: string, token = "alice"): Promise<Response> =>
  rs.post(rpc("tools/call", { name, arguments: {} }), { token });

const resultOf = async (response: Response): Promise<Result> =>
  ((await response.json()) as { result: Result }).result;

describe("tool calls of one grant", () => {
  // @rule COST-7
  it("are limited in a minute, with a text for the model, and with Retry-After", async () => {
    await start({ read: { perMinute: 3, parallel: 10 } });
    for (let index = 0; index < 3; index += 1) {
      const served = await call("find_things");
      expect(served.headers.get("retry-after")).toBeNull();
      expect((await resultOf(served)).isError).toBeUndefined();
    }
    const refused = await call("find_things");
    // A client shows an HTTP error to its model as it is, or drops the connection.
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([200, "20"]);
    expect(await resultOf(refused)).toEqual({
      isError: true,
      content: [
        {
          type: "text",
          text: "rate_limited: This connection may make 3 calls that read in a minute, and has made them. Nothing was done. Wait 20 seconds, then call again. get_items reads many items in one call.",
        },
      ],
    });
    expect(rs.log()).toContainEqual(
      expect.objectContaining({ msg: "tool call refused by limit", tool: "find_things" }),
    );
  });

  // @rule COST-7
  it("are limited for each grant and each class of tools apart", async () => {
    const one = { perMinute: 1, parallel: 10 };
    await start(
      { read: one, write: one, expensive: one },
      {
        tools: [
          toolOf("find_things", "read"),
          toolOf("search_things", "read", { isExpensive: true }),
          toolOf("create_things", "write"),
          toolOf("delete_things", "delete"),
        ],
      },
    );
    const isRefused = async (name: string, token?: string) =>
      (await resultOf(await call(name, token))).isError === true;
    for (const name of ["find_things", "search_things", "create_things"]) {
      expect(await isRefused(name)).toBe(false);
      expect(await isRefused(name)).toBe(true);
    }
    expect(await isRefused("delete_things")).toBe(true);
    expect(await isRefused("find_things", "bob")).toBe(false);
  });

  // @rule COST-7
  it("are limited in a batch, too", async () => {
    let ran = 0;
    const tool = toolDoing("find_things", "read", async () => `${(ran += 1)}`);
    await start({ read: { perMinute: 2, parallel: 10 } }, { tools: [tool] });
    const batch = [1, 2, 3, 4].map((id) => rpc("tools/call", { name: "find_things" }, id));
    const response = await rs.post(batch, {
      token: "alice",
      headers: { accept: "application/json" },
    });
    const answers = (await response.json()) as { result: Result }[];
    expect(answers.filter(({ result }) => result.isError === true)).toHaveLength(2);
    expect(ran).toBe(2);
  });

  // @rule COST-8
  it("run in limited number at the same time; a few wait, the others are refused", async () => {
    let running = 0;
    let most = 0;
    const open = Promise.withResolvers<void>();
    const tool = toolDoing("find_things", "read", async () => {
      running += 1;
      most = Math.max(most, running);
      await open.promise;
      running -= 1;
      return "done";
    });
    await start({ read: { perMinute: 100, parallel: 2 } }, { tools: [tool] });
    const calls = Array.from({ length: 14 }, async () => resultOf(await call("find_things")));
    // Two run, eight wait, four are refused at once.
    const refused = await Promise.race(calls);
    expect(refused.content[0]?.text).toMatch(
      /^rate_limited: This connection may run 2 calls that read at the same time; .* Nothing was done\. Wait 10 seconds, then call again\./,
    );
    const isRefusal = ({ msg }: Record<string, unknown>) => msg === "tool call refused by limit";
    await vi.waitFor(() => expect(rs.log().filter(isRefusal)).toHaveLength(4), { timeout: 30_000 });
    open.resolve();
    const results = await Promise.all(calls);
    expect(results.filter(({ isError }) => isError === true)).toHaveLength(4);
    expect(most).toBe(2);
  }, 60_000);
});

describe("requests of one grant", () => {
  // @rule COST-9
  it("are limited in a minute, with an error that clients can read", async () => {
    await start({}, { config: { requestsPerMinute: 5 } });
    const ping = (token: string) => rs.post(rpc("ping"), { token });
    for (let index = 0; index < 5; index += 1) expect((await ping("alice")).status).toBe(200);
    const refused = await ping("alice");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "12"]);
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringContaining("REQUESTS_PER_MINUTE") as string },
    });
    expect((await ping("bob")).status).toBe(200);
  });

  // @rule COST-14
  it.each(["initialize", "tools/list"])("never refuse %s, which clients need", async (method) => {
    await start({}, { config: { requestsPerMinute: 1 } });
    const send = (name: string, params = {}) => rs.post(rpc(name, params), { token: "alice" });
    expect((await send("ping")).status).toBe(200);
    expect((await send("ping")).status).toBe(429);
    const clientInfo = { name: "test", version: "1" };
    const hello = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    const response = await send(method, method === "initialize" ? hello : {});
    const [message] = await messagesOf(response);
    expect([response.status, message]).toMatchObject([200, { id: 1, result: {} }]);
    // A large body or a batch around it does not get past the limit.
    const large = { ...hello, _meta: { padding: "x".repeat(100_000) } };
    expect((await send(method, large)).status).toBe(429);
    expect((await rs.post([rpc(method)], { token: "alice" })).status).toBe(429);
  });

  // @rule COST-9
  it("carry at most 50 messages", async () => {
    await start({});
    const batch = (size: number) =>
      rs.post(
        Array.from({ length: size }, (_, id) => rpc("ping", {}, id)),
        { token: "alice", headers: { accept: "application/json" } },
      );
    expect((await batch(50)).status).toBe(200);
    const refused = await batch(51);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: { code: -32_600, message: "A batch may have at most 50 messages." },
    });
  });
});
