// The example with two public hosts.
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ask } from "./support/ask.ts";
import { type FakeService, startFakeService } from "./support/fake-service.ts";
import { type Site, startSite } from "./support/site.ts";

const nginx = inject("nginx");
const AUTH = "auth.example.com";
const MCP = "mcp.example.com";

describe.skipIf(nginx === null)("two public hosts", () => {
  let site: Site;
  let authServer: FakeService;
  let resourceServer: FakeService;
  beforeAll(async () => {
    authServer = await startFakeService("auth-server");
    resourceServer = await startFakeService("resource-server");
    site = await startSite({
      nginx: nginx!,
      templates: [
        path.resolve("nginx/templates/00-shared.conf.template"),
        path.resolve("deploy/two-hosts/10-site.conf.template"),
      ],
      names: [AUTH, MCP],
      variables: {
        NGINX_AUTH_SERVER_NAME: AUTH,
        NGINX_RESOURCE_SERVER_NAME: MCP,
        NGINX_AUTH_SERVER: `127.0.0.1:${authServer.port}`,
        NGINX_RESOURCE_SERVER: `127.0.0.1:${resourceServer.port}`,
        NGINX_LOCAL_RESOLVERS: "127.0.0.1",
      },
    });
  });
  beforeEach(() => {
    authServer.clear();
    resourceServer.clear();
  });
  afterAll(async () => {
    await site.stop();
    await Promise.all([authServer.stop(), resourceServer.stop()]);
  });

  it.each([
    [AUTH, "/authorize", "auth-server"],
    [AUTH, "/mcp", "auth-server"],
    [AUTH, "/.well-known/oauth-authorization-server", "auth-server"],
    [MCP, "/mcp", "resource-server"],
    [MCP, "/mcp/", "resource-server"],
    [MCP, "/", "resource-server"],
    [MCP, "/.well-known/oauth-protected-resource/mcp", "resource-server"],
    [MCP, "/.well-known/oauth-authorization-server", "resource-server"],
  ])("sends https://%s%s to the %s", async (host, target, service) => {
    const answer = await ask(site, target, { host, method: "POST" });
    expect(answer).toMatchObject({ status: 200, text: service });
  });

  it("exposes headers on the MCP host only", async () => {
    const onMcp = await ask(site, "/mcp", { host: MCP });
    const onAuth = await ask(site, "/token", { host: AUTH });
    expect(onMcp.all("access-control-expose-headers")).toHaveLength(1);
    expect(onAuth.all("access-control-expose-headers")).toHaveLength(0);
  });

  it("does not expose the resource server's readiness check", async () => {
    expect(await ask(site, "/readyz", { host: MCP })).toMatchObject({ status: 404 });
    expect(resourceServer.requests).toEqual([]);
  });

  it("redirects pages from plain http to the same host, but not programs", async () => {
    const page = await ask(site, "/account", { host: AUTH, plain: true });
    expect(page.status).toBe(308);
    expect(page.all("location")).toEqual([`https://${AUTH}/account`]);
    const program = await ask(site, "/mcp", { host: MCP, plain: true, method: "POST" });
    expect(program.status).toBe(426);
  });

  it("answers 421 for any other name", async () => {
    const answer = await ask(site, "/mcp", { host: AUTH, headers: { host: "evil.example" } });
    expect(answer.status).toBe(421);
  });
});
