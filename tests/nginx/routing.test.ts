// Which service gets which request, and with which headers.
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ask, askRaw, HOST } from "./support/ask.ts";
import { type OneHost, startOneHost } from "./support/one-host.ts";

const nginx = inject("nginx");

describe.skipIf(nginx === null)("one public host", () => {
  let platform: OneHost;
  beforeAll(async () => {
    platform = await startOneHost(nginx!);
  });
  beforeEach(() => platform.clear());
  afterAll(() => platform.stop());

  it.each([
    "/mcp",
    "/mcp/",
    "/mcp/projects/website",
    "/mcp?access=read",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-protected-resource/mcp?access=read",
  ])("sends %s to the resource server", async (path) => {
    const answer = await ask(platform.site, path);
    expect(answer).toMatchObject({ status: 200, text: "resource-server" });
    expect(platform.resourceServer.requests[0]?.url).toBe(path);
  });

  it.each([
    "/",
    "/authorize?client_id=x",
    "/token",
    "/register",
    "/mcpx",
    "/api/mcp",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resources",
    "/interaction/abc/login",
    "/account",
    "/account/connections/abc/limit",
  ])("sends %s to the authorization server", async (path) => {
    const answer = await ask(platform.site, path);
    expect(answer).toMatchObject({ status: 200, text: "auth-server" });
    expect(platform.authServer.requests[0]?.url).toBe(path);
  });

  // @rule EDGE-3
  it.each([
    ["POST", "/mcp"],
    ["POST", "/mcp/"],
    ["DELETE", "/mcp/"],
    ["GET", "/mcp/"],
    ["GET", "/.well-known/oauth-protected-resource/"],
    ["GET", "/.well-known/oauth-protected-resource"],
  ])(
    "never redirects %s %s, because clients would drop the body or the token",
    async (method, path) => {
      const answer = await ask(platform.site, path, { method });
      expect(answer).toMatchObject({ status: 200, text: "resource-server" });
      expect(platform.resourceServer.requests).toMatchObject([{ method, url: path }]);
    },
  );

  // @rule EDGE-4
  it("forwards the headers that MCP and OAuth need, and the address that the client used", async () => {
    await ask(platform.site, "/mcp", {
      method: "POST",
      body: "{}",
      headers: {
        authorization: "Bearer abc",
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-session-id": "s",
        "mcp-protocol-version": "2025-11-25",
        "mcp-method": "tools/call",
        "mcp-name": "get_me",
        "mcp-param-project": "website",
        "last-event-id": "7",
        origin: "https://app.example.com",
      },
    });
    expect(platform.resourceServer.requests[0]?.headers).toMatchObject({
      host: `${HOST}:${platform.site.httpsPort}`,
      authorization: "Bearer abc",
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-session-id": "s",
      "mcp-protocol-version": "2025-11-25",
      "mcp-method": "tools/call",
      "mcp-name": "get_me",
      "mcp-param-project": "website",
      "last-event-id": "7",
      origin: "https://app.example.com",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": `${HOST}:${platform.site.httpsPort}`,
    });
  });

  // @rule EDGE-4 ADV-forwarded-headers
  it("appends the client's address to X-Forwarded-For and replaces other forwarding headers", async () => {
    await ask(platform.site, "/token", {
      headers: {
        "x-forwarded-for": "203.0.113.9",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "http",
        forwarded: "for=203.0.113.9;host=evil.example",
      },
    });
    const headers = platform.authServer.requests[0]?.headers;
    expect(headers).toMatchObject({
      "x-forwarded-for": "203.0.113.9, 127.0.0.1",
      "x-forwarded-host": `${HOST}:${platform.site.httpsPort}`,
      "x-forwarded-proto": "https",
    });
    expect(headers).not.toHaveProperty("forwarded");
  });

  // @rule RFC8693-2-1 OPS-1 OPS-4 EDGE-7
  it("never reaches the private listener", async () => {
    const { site, privateListener } = platform;
    const inside = `auth-server:${privateListener.port}`;
    const claims = {
      host: inside,
      "x-forwarded-host": inside,
      "x-original-url": "/token-exchange",
    };
    for (const path of [
      "/",
      "/token-exchange",
      "/metrics",
      "/admin/status",
      `/mcp/..//${inside}/`,
      `/@${inside}/`,
    ]) {
      await ask(site, path, { headers: { ...claims, host: `${HOST}:${site.httpsPort}` } });
      await ask(site, path, { headers: claims });
    }
    await askRaw(
      site,
      `GET http://${inside}/metrics HTTP/1.1\r\nHost: ${inside}\r\nConnection: close\r\n\r\n`,
    );
    await askRaw(
      site,
      `CONNECT ${inside} HTTP/1.1\r\nHost: ${inside}\r\nConnection: close\r\n\r\n`,
    );
    expect(privateListener.requests).toEqual([]);
  });

  // @rule EDGE-8
  it("answers 421 for an unknown host name, so that no service sees it", async () => {
    const answer = await ask(platform.site, "/mcp", { headers: { host: "evil.example" } });
    expect(answer.status).toBe(421);
    expect(JSON.parse(answer.text)).toMatchObject({ error: "invalid_request" });
    expect(platform.resourceServer.requests).toEqual([]);
  });
});
