import { createLogger } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  connect,
  createBrowser,
  createPkce,
  exchangeCode,
  postForm,
  postJson,
  refresh,
  register,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

describe("endpoints for programs", () => {
  // @rule EDGE-1 OMIT-6
  it.each([
    ["GET", "/token", 405],
    ["GET", "/revoke", 405],
    ["GET", "/register", 405],
    ["PATCH", "/register/some-client", 405],
    ["POST", "/jwks", 405],
    ["DELETE", "/introspect", 405],
    ["GET", "/nowhere", 404],
    ["POST", "/TOKEN", 404],
    ["GET", "/token/", 405],
    ["POST", "/token//", 404],
    ["POST", "/session/end/confirm", 404],
    ["GET", "/me", 404],
    ["POST", "/request", 404],
    ["GET", "/device", 404],
    ["POST", "/device/auth", 404],
    ["POST", "/backchannel", 404],
    ["POST", "/revocations", 404],
  ])("answer %s %s with %i as JSON", async (method, path, status) => {
    const answer = await request(`${system.issuer}${path}`, { method });
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({
      error: "invalid_request",
      error_description: expect.any(String) as string,
    });
    expect(answer.headers.has("allow")).toBe(status === 405);
  });

  // @rule EDGE-1
  it.each(["/token", "/revoke"])("%s accepts only small forms", async (path) => {
    const json = await postJson(`${system.issuer}${path}`, {});
    expect([json.status, json.json["error"]]).toEqual([415, "invalid_request"]);
    const large = await postForm(`${system.issuer}${path}`, { token: "x".repeat(40_000) });
    expect([large.status, large.json["error"]]).toEqual([413, "invalid_request"]);
  });

  // @rule EDGE-1
  it("answer in JSON even when HTML is requested", async () => {
    const answer = await postForm(
      `${system.issuer}/token`,
      { grant_type: "refresh_token", client_id: "unknown", refresh_token: "x" },
      { accept: "text/html" },
    );
    expect(answer.json["error"]).toBe("invalid_client");
  });

  // @rule RFC6749-5.2-2
  it("answer an unknown client with 401 invalid_client before they check its grant, so that it registers again", async () => {
    const { tokens } = await connect(system);
    for (const answer of [
      await refresh(system, "unknown-client", tokens.refresh_token),
      await exchangeCode(system, "unknown-client", "nonsense", createPkce()),
    ]) {
      expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
    }
  });

  // @rule STORE-10
  it("do not repeat an invalid JSON body in response or log, because it may contain a secret", async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ name: "test", level: "info", destination });
    const logging = await startSystem({ logger });
    try {
      const answer = await request(`${logging.issuer}/register`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"client_secret":hunter2}',
      });
      expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_request"]);
      expect(lines.join("")).toContain("invalid_request");
      expect(answer.text + lines.join("")).not.toMatch(/hunter|secret/);
    } finally {
      await logging.close();
    }
  });

  // @rule OMIT-5
  it.each([
    "client_credentials",
    "password",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
  ])("refuse the grant type %s", async (grantType) => {
    const form = { grant_type: grantType, client_id: await register(system), username: "alice" };
    const answer = await postForm(`${system.issuer}/token`, { ...form, password: "alice" });
    expect([answer.status, answer.json["error"]]).toEqual([400, "unsupported_grant_type"]);
  });

  // @rule RFC6749-3.1-1
  it("refuse repeated parameters", async () => {
    const clientId = await register(system);
    const form = new URLSearchParams([
      ["grant_type", "refresh_token"],
      ["client_id", clientId],
      ["refresh_token", "a"],
      ["refresh_token", "b"],
    ]);
    expect((await postForm(`${system.issuer}/token`, form)).json["error"]).toBe("invalid_request");
  });

  // @rule RFC6749-5.1-1
  it("send tokens with no-store and all members that the clients' schemas need", async () => {
    const { clientId, tokens } = await connect(system);
    const answer = await refresh(system, clientId, tokens.refresh_token);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(Object.keys(answer.json).toSorted()).toEqual([
      "access_token",
      "expires_in",
      "refresh_token",
      "scope",
      "token_type",
    ]);
  });
});

describe("endpoints for clients in a browser", () => {
  // @rule RFC9700-2.6-1
  it.each([
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/register",
    "/token",
    "/revoke",
  ])("%s answers a preflight of any origin", async (path) => {
    const answer = await request(`${system.issuer}${path}`, {
      method: "OPTIONS",
      headers: {
        origin: "https://app.example",
        "access-control-request-method": path.startsWith("/.well-known") ? "GET" : "POST",
        "access-control-request-headers": "content-type, mcp-protocol-version",
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-allow-headers")).toContain("mcp-protocol-version");
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  });

  // @rule RFC9700-2.6-1
  it("let them read successful and error responses", async () => {
    const headers = { origin: "https://app.example" };
    const { clientId, tokens } = await connect(system);
    const ok = await postForm(
      `${system.issuer}/token`,
      { grant_type: "refresh_token", client_id: clientId, refresh_token: tokens.refresh_token },
      headers,
    );
    const refused = await postForm(`${system.issuer}/token`, { client_id: "x" }, headers);
    expect([ok.status, refused.status]).toEqual([200, 401]);
    for (const answer of [ok, refused]) {
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    }
  });

  // @rule RFC9700-2.6-1
  it("are not /authorize, which is a page", async () => {
    const answer = await request(`${system.issuer}/authorize`, {
      headers: { origin: "https://app.example" },
    });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("pages", () => {
  // @rule RFC9700-4.16-1
  it("cannot be framed, load nothing from other origins, and work in popups and with redirects", async () => {
    const { headers } = await request(`${system.issuer}/authorize`);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    // Chromium applies form-action to the redirect that follows the consent form.
    expect(policy).not.toContain("form-action");
    expect(headers.get("x-frame-options")).toBe("DENY");
    // With no-referrer browsers send forms of this site with Origin: null.
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-opener-policy")).toBeNull();
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-powered-by")).toBeNull();
  });

  // @rule RFC6749-5.2-2
  it("explain that a client is unknown, without a redirect", async () => {
    const params = toAuthorizeParams("unknown-client", createPkce());
    const answer = await request(`${system.issuer}/authorize?${params.toString()}`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.text).toContain("This app is not known here");
  });

  // @rule MCP-SECURITY-2
  it("escape text that strangers put into URLs", async () => {
    const clientId = await register(system);
    const params = toAuthorizeParams(clientId, createPkce(), {
      redirect_uri: "https://evil.example/<script>alert(1)</script>",
      state: "<script>alert(2)</script>",
    });
    const answer = await request(`${system.issuer}/authorize?${params.toString()}`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.text).not.toContain("<script>alert");
  });

  // @rule MCP-SECURITY-15
  it("are limited per address, because each authorization request creates a record", async () => {
    const params = toAuthorizeParams("unknown-client", createPkce()).toString();
    const statuses: number[] = [];
    for (let requests = 0; requests < 121; requests += 1) {
      // No proxy is trusted here, so a header cannot claim another address.
      const headers = { "x-forwarded-for": `192.0.2.${requests}` };
      statuses.push((await request(`${system.issuer}/authorize?${params}`, { headers })).status);
    }
    expect(statuses.slice(-2)).toEqual([400, 429]);
  });

  it("are shown to a person at an unknown URL", async () => {
    const answer = await createBrowser(system.issuer).open(`${system.issuer}/nowhere`);
    expect(answer.status).toBe(404);
    expect(answer.text).toContain("Page not found");
  });
});
