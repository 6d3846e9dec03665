// Headers that nginx adds to answers, and headers that it forwards unchanged.
import { Agent } from "node:https";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ask } from "./support/ask.ts";
import { type OneHost, startOneHost } from "./support/one-host.ts";

const nginx = inject("nginx");
const EXPOSE = "access-control-expose-headers";

describe.skipIf(nginx === null)("headers", () => {
  let platform: OneHost;
  beforeAll(async () => {
    platform = await startOneHost(nginx!);
  });
  beforeEach(() => platform.clear());
  afterAll(() => platform.stop());

  const exposed = async (path: string, method = "POST"): Promise<string[][]> => {
    const { all } = await ask(platform.site, path, { method });
    return all(EXPOSE).map((value) => value.toLowerCase().split(/,\s*/));
  };

  describe("Access-Control-Expose-Headers", () => {
    it.each([200, 202, 204, 400, 401, 403, 404, 405, 413, 429, 500, 503])(
      "is added exactly once when the service answers %i without it",
      async (status) => {
        platform.resourceServer.respond((_req, res) => void res.writeHead(status).end());
        const [first, ...more] = await exposed("/mcp");
        expect(first).toEqual(
          expect.arrayContaining(["mcp-session-id", "mcp-protocol-version", "www-authenticate"]),
        );
        expect(more).toEqual([]);
      },
    );

    it("is the service's own list, once, when the service sends one", async () => {
      platform.resourceServer.respond((_req, res) => {
        res.setHeader(EXPOSE, "WWW-Authenticate,Mcp-Session-Id,MCP-Protocol-Version,X-Request-Id");
        res.end();
      });
      expect(await exposed("/mcp")).toEqual([
        ["www-authenticate", "mcp-session-id", "mcp-protocol-version", "x-request-id"],
      ]);
    });

    // @rule MCP-AUTH-9
    it("is present on a challenge, together with the challenge", async () => {
      platform.resourceServer.respond((_req, res) => {
        res.writeHead(401, { "www-authenticate": 'Bearer resource_metadata="https://x/y"' }).end();
      });
      const answer = await ask(platform.site, "/mcp", { method: "POST" });
      expect(answer.all("www-authenticate")).toEqual(['Bearer resource_metadata="https://x/y"']);
      expect(answer.all(EXPOSE)).toHaveLength(1);
    });

    it("is present on nginx's own errors, which web pages may read", async () => {
      const answer = await ask(platform.site, "/mcp", {
        method: "POST",
        body: Buffer.alloc(4 * 1024 * 1024 + 1),
      });
      expect(answer.status).toBe(413);
      expect(answer.all(EXPOSE)).toEqual([
        "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After",
      ]);
      expect(answer.all("access-control-allow-origin")).toEqual(["*"]);
    });

    it("does not change the service's CORS decisions", async () => {
      platform.resourceServer.respond((_req, res) => {
        res.setHeader("access-control-allow-origin", "https://app.example.com");
        res.setHeader("vary", "Origin");
        res.end();
      });
      const answer = await ask(platform.site, "/mcp", {
        headers: { origin: "https://app.example.com" },
      });
      expect(answer.all("access-control-allow-origin")).toEqual(["https://app.example.com"]);
      expect(answer.all("vary")).toEqual(["Origin"]);
    });

    it("is not added to the authorization server's answers", async () => {
      expect(await exposed("/token")).toEqual([]);
    });
  });

  describe("security", () => {
    const OWN = {
      "content-security-policy": "default-src 'none'; script-src 'self'",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
    };

    it("forwards the services' headers unchanged, once", async () => {
      platform.authServer.respond((_req, res) => void res.writeHead(200, OWN).end());
      const answer = await ask(platform.site, "/authorize");
      for (const [name, value] of Object.entries(OWN)) expect(answer.all(name)).toEqual([value]);
    });

    // @rule EDGE-2
    it.each(["/", "/mcp"])(
      "sends HSTS for %s exactly once, whether or not the service sends it",
      async (path) => {
        for (const service of [platform.authServer, platform.resourceServer]) {
          service.respond((_req, res) => {
            res.setHeader("strict-transport-security", "max-age=60");
            res.end();
          });
        }
        const answer = await ask(platform.site, path);
        expect(answer.all("strict-transport-security")).toEqual(["max-age=31536000"]);
      },
    );

    it("sends no HSTS for localhost, which would lock out other programs there", async () => {
      platform.authServer.respond((_req, res) => {
        res.setHeader("strict-transport-security", "max-age=60");
        res.end();
      });
      const answer = await ask(platform.site, "/", { host: "localhost" });
      expect(answer.all("strict-transport-security")).toEqual([]);
    });

    it("sends no HSTS over plain http (RFC 6797 section 7.2)", async () => {
      const answer = await ask(platform.site, "/mcp", { method: "POST", plain: true });
      expect(answer.all("strict-transport-security")).toEqual([]);
    });

    it("does not reveal the version of nginx", async () => {
      const answer = await ask(platform.site, "/", { headers: { host: "evil.example" } });
      expect(answer.header("server")).toBe("nginx");
    });

    it("forwards several cookies", async () => {
      platform.authServer.respond(
        (_req, res) => void res.setHeader("set-cookie", ["a=1", "b=2"]).end(),
      );
      const answer = await ask(platform.site, "/authorize");
      expect(answer.all("set-cookie")).toEqual(["a=1", "b=2"]);
    });

    it("forwards redirects unchanged", async () => {
      const location = "http://localhost:33418/callback?code=x";
      platform.authServer.respond((_req, res) => void res.writeHead(303, { location }).end());
      const answer = await ask(platform.site, "/authorize");
      expect(answer).toMatchObject({ status: 303 });
      expect(answer.all("location")).toEqual([location]);
    });
  });

  // @rule RFC9112-9.3-1
  it("name the time for which an idle connection is kept", async () => {
    const agent = new Agent({ keepAlive: true });
    const answer = await ask(platform.site, "/", { agent });
    agent.destroy();
    expect(answer.header("keep-alive")).toBe("timeout=120");
  });
});
