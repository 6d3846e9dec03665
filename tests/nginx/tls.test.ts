// TLS, the plain http port, and the contents of the access log.
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ask, HOST } from "./support/ask.ts";
import { type OneHost, startOneHost } from "./support/one-host.ts";

const nginx = inject("nginx");

describe.skipIf(nginx === null)("the edge", () => {
  let platform: OneHost;
  beforeAll(async () => {
    platform = await startOneHost(nginx!);
  });
  beforeEach(() => platform.clear());
  afterAll(() => platform.stop());

  async function handshake(options: object): Promise<TLSSocket> {
    const { httpsPort: port, ca } = platform.site;
    const socket = connect({ host: "127.0.0.1", port, ca, servername: HOST, ...options });
    await once(socket, "secureConnect");
    socket.destroy();
    return socket;
  }

  describe("TLS", () => {
    it.each(["TLSv1.2", "TLSv1.3"] as const)("speaks %s", async (version) => {
      const socket = await handshake({ minVersion: version, maxVersion: version });
      expect(socket.authorized).toBe(true);
    });

    // @rule EDGE-2
    it("does not speak TLS 1.1", async () => {
      const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
      await expect(handshake(old)).rejects.toThrow(/alert|protocol|version/);
    });

    // @rule EDGE-2
    it("refuses ciphers without forward secrecy", async () => {
      const weak = { maxVersion: "TLSv1.2", ciphers: "AES128-GCM-SHA256:AES256-SHA" };
      await expect(handshake(weak)).rejects.toThrow(/alert|handshake/);
    });

    it("offers HTTP/2", async () => {
      const socket = await handshake({ ALPNProtocols: ["h2", "http/1.1"] });
      expect(socket.alpnProtocol).toBe("h2");
    });
  });

  describe("the plain port", () => {
    it.each(["GET", "HEAD"])(
      "redirects a %s of a page to https, at the configured address",
      async (method) => {
        const answer = await ask(platform.site, "/?a=b", { method, plain: true });
        expect(answer.status).toBe(308);
        expect(answer.all("location")).toEqual([`https://${HOST}/?a=b`]);
      },
    );

    // @rule EDGE-3
    it.each([
      ["POST", "/mcp"],
      ["GET", "/mcp"],
      ["POST", "/mcp/"],
      ["POST", "/token"],
      ["POST", "/register"],
      ["GET", "/.well-known/oauth-protected-resource/mcp"],
      ["GET", "/.well-known/oauth-authorization-server"],
    ])("answers %s %s with 426 instead of a redirect", async (method, target) => {
      const answer = await ask(platform.site, target, { method, plain: true });
      expect(answer.status).toBe(426);
      expect(answer.all("location")).toEqual([]);
      expect(answer.all("upgrade")).toEqual(["TLS/1.2, HTTP/1.1"]); // RFC 9110 section 15.5.22
      expect(JSON.parse(answer.text)).toMatchObject({
        error: "invalid_request",
        error_description: expect.stringContaining("https"),
      });
    });

    it("forwards nothing to the services", async () => {
      await ask(platform.site, "/mcp", { method: "POST", plain: true });
      await ask(platform.site, "/", { plain: true });
      expect(platform.authServer.requests).toEqual([]);
      expect(platform.resourceServer.requests).toEqual([]);
    });

    it("answers certbot's challenge", async () => {
      const folder = path.join(platform.site.acmeFolder, ".well-known/acme-challenge");
      writeFileSync(path.join(folder, "abc"), "abc.thumbprint");
      const found = await ask(platform.site, "/.well-known/acme-challenge/abc", { plain: true });
      expect(found).toMatchObject({ status: 200, text: "abc.thumbprint" });
      const missing = await ask(platform.site, "/.well-known/acme-challenge/xyz", { plain: true });
      expect(missing.status).toBe(404);
    });
  });

  describe("the access log", () => {
    // @rule STORE-10
    it("contains path and status, but no query, token, cookie or referrer", async () => {
      await ask(platform.site, "/taiga/callback?code=SECRET-1&state=SECRET-2", {
        headers: {
          authorization: "Bearer SECRET-3",
          cookie: "session=SECRET-4",
          referer: `https://${HOST}/authorize?state=SECRET-5`,
        },
      });
      await ask(platform.site, "/mcp?token=SECRET-6", { method: "POST", body: "SECRET-7" });
      await ask(platform.site, "/authorize?code=SECRET-8", { plain: true });
      await platform.resourceServer.stop();
      // An outage, about which nginx logs an error.
      await ask(platform.site, "/mcp?code=SECRET-9", { method: "POST" });
      const readLines = () =>
        platform.site
          .accessLog()
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      // nginx writes the log after it answers, in no fixed order among its worker processes.
      for (const line of [
        { method: "GET", path: "/taiga/callback", status: 200, upstream_status: "200" },
        { method: "POST", path: "/mcp", status: 200 },
        { method: "GET", path: "/authorize", status: 308 },
        { method: "POST", path: "/mcp", status: 502 },
      ]) {
        await expect.poll(readLines).toContainEqual(expect.objectContaining(line));
      }
      const log = platform.site.accessLog();
      expect(log + platform.site.output()).not.toContain("SECRET");
    });
  });
});
