// Errors of nginx itself: JSON that OAuth and MCP clients can read and that ends no login.
import { Agent } from "node:https";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  onTestFinished,
} from "vitest";
import { type Answer, ask, askRaw, HOST } from "./support/ask.ts";
import { type OneHost, startOneHost } from "./support/one-host.ts";

const nginx = inject("nginx");

function expectOAuthError(answer: Answer, status: number, error: string): void {
  expect(answer.status).toBe(status);
  expect(answer.all("content-type")).toEqual(["application/json"]);
  expect(answer.all("cache-control")).toEqual(["no-store"]);
  expect(answer.all("access-control-allow-origin")).toEqual(["*"]);
  expect(answer.all("www-authenticate")).toEqual([]);
  expect(JSON.parse(answer.text)).toEqual({
    error,
    error_description: expect.stringMatching(/\.$/),
  });
}

describe.skipIf(nginx === null)("errors", () => {
  let platform: OneHost;
  beforeAll(async () => {
    platform = await startOneHost(nginx!);
  });
  beforeEach(() => platform.clear());
  afterAll(() => platform.stop());

  // @rule MCP-TRANSPORT-8
  it("413 for /mcp only above the resource server's body limit", async () => {
    const limit = 4 * 1024 * 1024;
    const over = await ask(platform.site, "/mcp", {
      method: "POST",
      body: Buffer.alloc(limit + 1),
    });
    expectOAuthError(over, 413, "invalid_request");
    const at = await ask(platform.site, "/mcp", { method: "POST", body: Buffer.alloc(limit) });
    expect(at.status).toBe(200);
  });

  // @rule EDGE-1
  it("413 for other paths only above the authorization server's body limit", async () => {
    const limit = 32 * 1024;
    const over = await ask(platform.site, "/register", {
      method: "POST",
      body: Buffer.alloc(limit + 1),
    });
    expectOAuthError(over, 413, "invalid_request");
    const at = await ask(platform.site, "/register", { method: "POST", body: Buffer.alloc(limit) });
    expect(at.status).toBe(200);
  });

  it("forwards a challenge that the service sends before it reads a large body", async () => {
    platform.resourceServer.respond((_req, res) => {
      res.writeHead(401, { "www-authenticate": "Bearer" }).end();
    });
    for (let count = 0; count < 5; count += 1) {
      const body = Buffer.alloc(4 * 1024 * 1024);
      const answer = await ask(platform.site, "/mcp", { method: "POST", body });
      expect(answer.status).toBe(401);
    }
  });

  it("414 for a URL that is too long", async () => {
    const answer = await ask(platform.site, `/authorize?state=${"x".repeat(20_000)}`);
    expectOAuthError(answer, 414, "invalid_request");
  });

  it("accepts authorization requests that contain long URLs", async () => {
    const answer = await ask(platform.site, `/authorize?state=${"x".repeat(14_000)}`);
    expect(answer.status).toBe(200);
  });

  it("431 for headers that are too large", async () => {
    const answer = await ask(platform.site, "/mcp", { headers: { cookie: "x".repeat(20_000) } });
    expectOAuthError(answer, 431, "invalid_request");
  });

  it("400 for data that is not HTTP", async () => {
    const text = await askRaw(
      platform.site,
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\nHost: twice\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('{"error":"invalid_request"');
    const garbage = await askRaw(platform.site, "nonsense\r\n\r\n");
    expect(garbage).toContain('{"error":"invalid_request"');
  });

  it("400 for plain http on the TLS port", async () => {
    const answer = await ask({ ...platform.site, httpPort: platform.site.httpsPort }, "/mcp", {
      plain: true,
    });
    expectOAuthError(answer, 400, "invalid_request");
  });

  it("404 for its internal locations", async () => {
    expectOAuthError(await ask(platform.site, "/.error"), 404, "not_found");
  });

  /** Reuses a few connections: with a handshake each, a busy machine would be too slow for a flood. */
  async function flood(path: string): Promise<Answer[]> {
    const agent = new Agent({ keepAlive: true, maxSockets: 10 });
    onTestFinished(() => agent.destroy());
    return await Promise.all(
      Array.from({ length: 320 }, () => ask(platform.site, path, { agent })),
    );
  }

  it("429 for a flood at the authorization server, with Retry-After", async () => {
    const answers = await flood("/authorize");
    const refused = answers.find(({ status }) => status === 429);
    expect(refused).toBeDefined();
    expectOAuthError(refused!, 429, "too_many_requests");
    expect(refused!.all("retry-after")).toEqual(["1"]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(200);
  });

  it("no rate limit on /mcp, where many users share a hosted client's address", async () => {
    const answers = await flood("/mcp");
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it.each([401, 403, 404, 429, 500, 502, 503])(
    "forwards a service's own %i unchanged",
    async (status) => {
      const body = '{"error":"its own"}';
      for (const service of [platform.authServer, platform.resourceServer]) {
        service.respond((_req, res) => void res.writeHead(status, { "x-own": "yes" }).end(body));
      }
      for (const path of ["/token", "/mcp"]) {
        const answer = await ask(platform.site, path, { method: "POST" });
        expect(answer).toMatchObject({ status, text: body });
        expect(answer.header("x-own")).toBe("yes");
      }
    },
  );
});
