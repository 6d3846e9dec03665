import { request } from "node:http";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOriginRule } from "../../src/http/host-and-origin.ts";
import { type Harness, rpc, startHarness } from "../support/harness.ts";

let rs: Harness;
beforeAll(async () => {
  rs = await startHarness();
  rs.grant("good");
});
afterAll(() => rs.close());

const PAGE = "https://app.example";
const preflight = (origin: string, path = "/mcp") =>
  fetch(`${rs.url}${path}`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,mcp-protocol-version",
    },
  });

/** `fetch` does not let a caller set Host. */
async function statusWithHost(host: string, path: string): Promise<number> {
  const req = request(`${rs.url}${path}`, { headers: { host } });
  req.end();
  const [res] = (await once(req, "response")) as [IncomingMessage];
  res.resume();
  return res.statusCode ?? 0;
}

describe("a web page from an allowed origin", () => {
  // @rule MCP-AUTH-9
  it("gets its preflight answered without a token", async () => {
    const response = await preflight(PAGE);
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    const allowed = response.headers.get("access-control-allow-headers")?.split(",");
    for (const name of [
      "authorization",
      "content-type",
      "accept",
      "mcp-protocol-version",
      "mcp-method",
      "mcp-name",
      "mcp-session-id",
      "last-event-id",
    ]) {
      expect(allowed).toContain(name);
    }
  });

  // @rule MCP-AUTH-9
  it("can read the challenge, which it needs to log in", async () => {
    const response = await rs.post(rpc("tools/list"), { headers: { origin: PAGE } });
    expect(response.status).toBe(401);
    expect(response.headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(response.headers.get("access-control-expose-headers")?.split(",")).toEqual(
      expect.arrayContaining(["WWW-Authenticate", "Mcp-Session-Id", "MCP-Protocol-Version"]),
    );
  });

  // @rule MCP-AUTH-9
  it("can read the metadata", async () => {
    const response = await fetch(`${rs.url}/.well-known/oauth-protected-resource/mcp`, {
      headers: { origin: PAGE },
    });
    expect(response.headers.get("access-control-allow-origin")).toBe(PAGE);
  });
});

describe("Origin", () => {
  // @rule MCP-TRANSPORT-1
  it.each([
    "https://evil.test",
    "null",
    "http://app.example",
    "https://app.example:8443",
    "nonsense",
  ])("%s is refused with 403, with a token or without", async (origin) => {
    for (const token of [{}, { token: "good" }]) {
      const response = await rs.post(rpc("tools/list"), { ...token, headers: { origin } });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ jsonrpc: "2.0", error: {} });
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    }
    expect((await preflight(origin)).status).toBe(403);
  });

  it("may be missing: programs do not send it", async () => {
    expect((await rs.post(rpc("tools/list"), { token: "good" })).status).toBe(200);
  });

  it("may be any page on this machine when the server is on this machine, and not otherwise", () => {
    const rule = (resource: string) =>
      createOriginRule({ resource, listenHost: "127.0.0.1", allowedOrigins: [] });
    expect(rule("http://localhost:3002/mcp")("http://localhost:6274")).toBe(true);
    expect(rule("https://mcp.example/mcp")("http://localhost:6274")).toBe(false);
    expect(rule("https://mcp.example/mcp")("https://mcp.example")).toBe(true);
  });
});

describe("Host", () => {
  // @rule MCP-TRANSPORT-1
  it.each(["evil.test", "evil.test:3002", "localhost.evil.test"])(
    "%s is refused with 403 everywhere (DNS rebinding)",
    async (host) => {
      for (const path of ["/mcp", "/", "/.well-known/oauth-protected-resource"]) {
        expect(await statusWithHost(host, path)).toBe(403);
      }
    },
  );

  it.each(["localhost", "127.0.0.1:9999", "[::1]"])("%s is accepted", async (host) => {
    expect(await statusWithHost(host, "/")).toBe(200);
  });

  // @rule EDGE-8
  it("is not checked for health checks, which use a container's name", async () => {
    expect(await statusWithHost("resource-server:3002", "/healthz")).toBe(200);
  });

  // @rule EDGE-8
  it("must be the public name of a public installation that listens on all addresses", async () => {
    const publicServer = await startHarness({
      config: {
        resource: "https://mcp.example/mcp",
        listener: { host: "0.0.0.0", port: 0, setting: "RESOURCE_SERVER_PORT", trustProxy: 0 },
      },
    });
    const response = await fetch(`${publicServer.url}/`);
    expect(response.status).toBe(403);
    await publicServer.close();
  });
});
