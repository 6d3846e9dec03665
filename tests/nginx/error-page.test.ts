// What a person sees whose browser opens a page while a service is away.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ask } from "./support/ask.ts";
import { type OneHost, startOneHost } from "./support/one-host.ts";

const nginx = inject("nginx");

/** As Chromium sends it when it opens a page. */
const BROWSER = {
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
};

describe.skipIf(nginx === null)("a browser", () => {
  let platform: OneHost;
  beforeAll(async () => {
    platform = await startOneHost(nginx!);
  });
  beforeEach(() => platform.clear());
  afterAll(() => platform.stop());

  const breakServices = (): void => {
    for (const service of [platform.authServer, platform.resourceServer]) {
      service.respond((req) => void req.socket.destroy());
    }
  };

  // @rule EDGE-12
  it.each(["GET", "POST"])("sees a page when a service is away, after a %s", async (method) => {
    breakServices();
    const answer = await ask(platform.site, "/interaction/x/login", { method, headers: BROWSER });
    expect(answer.status).toBe(502);
    expect(answer.all("content-type")).toEqual(["text/html; charset=utf-8"]);
    expect(answer.all("retry-after")).toEqual(["5"]);
    expect(answer.all("cache-control")).toEqual(["no-store"]);
    expect(answer.all("vary")).toEqual(["Accept"]);
    expect(answer.text).toContain("<h1>Not available right now</h1>");
    expect(answer.text).toContain("Nothing is lost");
    expect(answer.text).not.toContain("$error");
  });

  // @rule EDGE-12
  it("may use the style of the page, and nothing else", async () => {
    breakServices();
    const answer = await ask(platform.site, "/", { headers: BROWSER });
    const style = /<style>(.*)<\/style>/s.exec(answer.text)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(style).not.toBe("");
    expect(answer.all("content-security-policy")).toEqual([
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    ]);
  });

  it.each([
    ["an unknown host", { host: "other.example" }, 421],
    ["a long address", { path: `/authorize?state=${"x".repeat(20_000)}` }, 414],
  ])("sees a page for %s", async (_what, { host, path = "/" }: Place, status) => {
    const headers = { ...BROWSER, ...(host !== undefined && { host }) };
    const answer = await ask(platform.site, path, { headers });
    expect(answer.status).toBe(status);
    // Before the headers are read, nothing is known of the browser.
    const type = status === 414 ? "application/json" : "text/html; charset=utf-8";
    expect(answer.all("content-type")).toEqual([type]);
  });

  // @rule EDGE-12
  it.each([
    "/mcp",
    "/mcp/",
    "/mcp?toolsets=core",
    "/token",
    "/register",
    "/register/some-client",
    "/revoke",
    "/introspect",
    "/jwks",
    "/.well-known/oauth-authorization-server",
  ])("gets JSON at %s, which only programs use", async (path) => {
    breakServices();
    const answer = await ask(platform.site, path, { headers: BROWSER });
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.text)).toMatchObject({ error: "temporarily_unavailable" });
  });

  // @rule EDGE-12
  it.each([
    undefined,
    "*/*",
    "application/json",
    "text/plain",
    "application/json, text/event-stream",
  ])("is not a program that accepts %s: it gets JSON everywhere", async (accept) => {
    breakServices();
    const headers = accept === undefined ? {} : { accept };
    const answer = await ask(platform.site, "/authorize", { headers });
    expect(answer.all("content-type")).toEqual(["application/json"]);
    expect(JSON.parse(answer.text)).toMatchObject({ error: "temporarily_unavailable" });
  });
});

interface Place {
  host?: string;
  path?: string;
}
