import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, messagesOf, rpc, startHarness } from "./support/harness.ts";

let rs: Harness;

beforeAll(async () => {
  rs = await startHarness();
  rs.grant("good");
});
afterAll(() => rs.close());

describe("the endpoint", () => {
  // @rule EDGE-3
  it.each(["/mcp", "/mcp/"])(
    "answers at %s without a redirect, which clients do not follow",
    async (path) => {
      const response = await rs.post(rpc("tools/list"), { token: "good", path });
      expect(response.status).toBe(200);
    },
  );

  // @rule MCP-AUTH-6 OMIT-1
  it.each(["GET", "DELETE", "PUT"])(
    "answers %s with 401 before 405, because some clients start with it to find the authorization server",
    async (method) => {
      const anonymous = await fetch(rs.mcp, { method });
      expect(anonymous.status).toBe(401);
      const authorized = await fetch(rs.mcp, { method, headers: { authorization: "Bearer good" } });
      expect(authorized.status).toBe(405);
      expect(authorized.headers.get("allow")).toBe("POST");
      expect(await authorized.json()).toMatchObject({ jsonrpc: "2.0", id: null });
    },
  );

  // @rule MCP-AUTH-6
  it("asks for a token before it reads the body", async () => {
    const response = await rs.post("{ this is no JSON");
    expect(response.status).toBe(401);
  });

  it("answers a body that is not JSON with a JSON-RPC parse error", async () => {
    const response = await rs.post("{ this is no JSON", { token: "good" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      jsonrpc: "2.0",
      error: { code: -32_700 },
      id: null,
    });
  });

  // @rule EDGE-1 MCP-TRANSPORT-8
  it("answers a body over the limit with 413 as JSON", async () => {
    const response = await rs.post(rpc("tools/list", { x: "x".repeat(4_300_000) }), {
      token: "good",
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("4mb") },
    });
  });

  // @rule MCP-TRANSPORT-8
  it("answers extremely deeply nested arguments with 400, sent as JSON or as text", async () => {
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    for (const args of [`{"text":${deep}}`, JSON.stringify(`{"text":${deep}}`)]) {
      const call = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"find_things","arguments":${args}}}`;
      const response = await rs.post(call, { token: "good" });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ jsonrpc: "2.0", error: { code: -32_600 } });
    }
  });

  it("answers another content type with 415 as JSON", async () => {
    const response = await rs.post("a=b", {
      token: "good",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ jsonrpc: "2.0" });
  });

  it("serves a large body just below the limit", async () => {
    const call = rpc("tools/call", {
      name: "find_things",
      arguments: { text: "x".repeat(1_000_000) },
    });
    const response = await rs.post(call, { token: "good" });
    expect(response.status).toBe(200);
  });

  // @rule EDGE-1 OMIT-2
  it("answers unknown paths with 404 as JSON", async () => {
    // The last two are the paths of the HTTP+SSE transport of 2024.
    for (const path of ["/.well-known/openid-configuration", "/sse", "/messages"]) {
      const response = await fetch(`${rs.url}${path}`);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toContain("application/problem+json");
    }
  });

  // @rule MCP-TRANSPORT-5 OMIT-1
  it("keeps no sessions: it issues no session id and ignores those that clients send", async () => {
    rs.grant("other", { sub: "somebody else" });
    for (const token of ["good", "other"]) {
      const headers = { "mcp-session-id": "of-a-process-that-is-gone" };
      const response = await rs.post(rpc("tools/list"), { token, headers });
      expect([response.status, response.headers.get("mcp-session-id")]).toEqual([200, null]);
    }
    const headers = { "mcp-session-id": "of-a-user-who-is-logged-in" };
    expect((await rs.post(rpc("tools/list"), { headers })).status).toBe(401);
  });

  // @rule OMIT-4
  it.each([
    "resources/list",
    "prompts/list",
    "completion/complete",
    "logging/setLevel",
    "tasks/list",
  ])("does not offer %s", async (method) => {
    const [message] = await messagesOf(await rs.post(rpc(method), { token: "good" }));
    expect(message).toMatchObject({ error: { code: -32_601 } });
  });

  it("reads arguments that a client sent as JSON text", async () => {
    const call = rpc("tools/call", { name: "find_things", arguments: '{"text":"as text"}' });
    const [message] = await messagesOf(await rs.post(call, { token: "good" }));
    expect(message).toMatchObject({ result: { content: [{ text: "find_things: as text" }] } });
  });
});

describe("without its authorization server", () => {
  // @rule OUTAGE-2 OUTAGE-4
  it("runs and answers 503, so that clients keep their login and retry", async () => {
    const alone = await startHarness();
    await alone.authServer.close();
    const response = await alone.post(rpc("tools/list"), { token: "good" });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    // Clients show it as it is.
    expect(await response.json()).toMatchObject({
      status: 503,
      title: "Service Unavailable",
      detail: expect.stringMatching(
        /^The authorization server .*\. Nothing was done; the login is still good\. Wait 5 seconds, then call again\.$/,
      ),
    });
    expect((await alone.post(rpc("tools/list"))).status).toBe(401);
    await alone.close();
  });
});

describe("the log", () => {
  // @rule MCP-AUTH-3
  it("contains tool, duration and outcome of each call, but never a token or an argument", async () => {
    const log = await startHarness();
    log.grant("secret-token");
    const call = rpc("tools/call", {
      name: "find_things",
      arguments: { text: "a private matter" },
    });
    const response = await log.post(call, {
      token: "secret-token",
      headers: { "x-request-id": "forged" },
    });
    const id = response.headers.get("x-request-id");
    await log.post("{ a private matter", { token: "secret-token" });
    await log.post(call, { token: "dead-token" });
    await fetch(`${log.mcp}?access_token=query-token`);
    await log.close();

    expect(log.log().find(({ msg }) => msg === "tool call")).toMatchObject({
      tool: "find_things",
      outcome: "ok",
      durationMs: expect.any(Number),
      requestId: id,
    });
    expect(log.logText()).not.toMatch(/secret-token|dead-token|query-token|private matter|forged/);
  });
});
