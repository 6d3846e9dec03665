import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hash } from "../../src/storage/key-names.ts";
import {
  basicAuth,
  connect,
  introspect,
  postForm,
  postJson,
  REDIRECT_URI,
  request,
  type Tokens,
} from "../support/client.ts";
import { RESOURCE_SERVER, startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";

describe("introspection", () => {
  let system: System;
  let tokens: Tokens;
  beforeEach(async () => {
    system = await startSystem();
    ({ tokens } = await connect(system));
  });
  afterEach(async () => {
    vi.useRealTimers();
    await system.close();
  });

  // @rule VAULT-1
  it("says what the token may do, on both listeners, with no-store", async () => {
    for (const url of [system.issuer, system.privateUrl]) {
      const answer = await introspect(url, tokens.access_token);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(Object.keys(answer.json).toSorted()).toEqual([
        "access",
        "active",
        "aud",
        "client_id",
        "exp",
        "gid",
        "iat",
        "iss",
        "projects",
        "scope",
        "sub",
        "token_type",
      ]);
      const { iat, exp } = answer.json as { iat: number; exp: number };
      expect(exp - iat).toBe(1800);
    }
  });

  // @rule RFC7662-2.2-3
  it("identifies the grant by a hash, never by its id", async () => {
    const [grantKey = ""] = await system.kv.members(system.keys.accountGrants("alice"));
    const { gid } = (await introspect(system.issuer, tokens.access_token)).json;
    expect(grantKey.endsWith(String(gid))).toBe(true);
    expect(gid).toHaveLength(hash("").length);
  });

  // @rule RFC7662-2.2-3
  it("returns the limits that the user set and the remaining scope", async () => {
    system.user.limits = { access: "read", projects: [3, 5] };
    const { tokens: limited } = await connect(system, { params: { scope: "taiga:admin" } });
    expect(limited.scope).toBe("taiga:read");
    expect((await introspect(system.issuer, limited.access_token)).json).toMatchObject({
      access: "read",
      scope: "taiga:read",
      projects: [3, 5],
    });
  });

  // @rule RFC7662-2.2-3
  it("applies the operator's limit at once, also to tokens issued before", async () => {
    const strict = await startSystem({ kv: system.store, settings: { ACCESS_LIMIT: "read" } });
    try {
      const answer = await introspect(strict.issuer, tokens.access_token);
      expect(answer.json).toMatchObject({ access: "read", scope: "taiga:read" });
    } finally {
      await strict.close();
    }
  });

  it.each(["unknown", " ", "eyJhbGciOiJub25lIn0.e30."])(
    "reports the token %j as inactive",
    async (token) => {
      const answer = await introspect(system.issuer, token);
      expect(answer.json).toEqual({ active: false });
    },
  );

  // @rule RFC7662-2.2-2
  it("reports a token without a grant as inactive: issued during a revocation", async () => {
    const [grantKey = ""] = await system.kv.members(system.keys.accountGrants("alice"));
    await system.kv.delete(grantKey);
    expect((await introspect(system.issuer, tokens.access_token)).json).toEqual({ active: false });
  });

  // @rule RFC7662-2.2-2
  it.each(["limits", "accountId"])(
    "reports a token whose grant has no %s as inactive",
    async (name) => {
      const [grantKey = ""] = await system.kv.members(system.keys.accountGrants("alice"));
      const { value = "{}" } = (await system.kv.get(grantKey)) ?? {};
      const grant = JSON.parse(value) as Record<string, unknown>;
      await system.kv.replace(grantKey, JSON.stringify({ ...grant, [name]: undefined }));
      expect((await introspect(system.issuer, tokens.access_token)).json).toEqual({
        active: false,
      });
    },
  );

  // @rule RFC7662-2.2-2
  it("does not accept a refresh token as an access token", async () => {
    const answer = await introspect(system.issuer, tokens.refresh_token);
    expect(answer.json).toEqual({ active: false });
  });

  // @rule RFC7662-2.2-2
  it("reports tokens for another audience as inactive", async () => {
    const other = await startSystem({
      kv: system.store,
      settings: { MCP_URL: "https://x.example/mcp" },
    });
    try {
      expect((await introspect(other.issuer, tokens.access_token)).json).toEqual({ active: false });
    } finally {
      await other.close();
    }
  });

  // @rule RFC7662-2.2-2
  it("reports the token as inactive at the exact second of `exp`", async () => {
    stopClock();
    const { tokens: fresh } = await connect(system);
    advance(1799);
    expect((await introspect(system.issuer, fresh.access_token)).json["active"]).toBe(true);
    advance(1);
    expect((await introspect(system.issuer, fresh.access_token)).json).toEqual({ active: false });
  });

  it("accepts the secret in the body as well, but not in body and header at once", async () => {
    const form = {
      token: tokens.access_token,
      client_id: RESOURCE_SERVER.clientId,
      client_secret: RESOURCE_SERVER.clientSecret,
    };
    expect((await postForm(`${system.issuer}/introspect`, form)).json["active"]).toBe(true);
    const both = await postForm(`${system.issuer}/introspect`, form, basicAuth());
    expect([both.status, both.json["error"]]).toEqual([400, "invalid_request"]);
  });

  it.each([
    ["nothing", {}],
    ["a wrong secret", basicAuth({ ...RESOURCE_SERVER, clientSecret: "wrong" })],
    ["a wrong name", basicAuth({ ...RESOURCE_SERVER, clientId: "wrong" })],
    ["an empty secret", basicAuth({ ...RESOURCE_SERVER, clientSecret: "" })],
    ["invalid base64", { authorization: "Basic !" }],
    ["bad percent signs", { authorization: `Basic ${btoa("%E0%A4%A:x")}` }],
    ["the token itself", { authorization: "Bearer x" }],
  ])("refuses %s with 401 and the scheme to use", async (_what, headers) => {
    const answer = await introspect(system.issuer, tokens.access_token, headers);
    expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
    expect(answer.headers.get("www-authenticate")).toContain("Basic realm=");
    expect(answer.text).not.toContain("active");
  });

  // @rule RFC7662-2.1-1
  it("is closed to registered clients, public and confidential", async () => {
    const registered = await postJson(`${system.issuer}/register`, {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "client_secret_basic",
    });
    const { client_id: clientId, client_secret: clientSecret } = registered.json as Record<
      string,
      string
    >;
    const headers = basicAuth({ clientId: clientId ?? "", clientSecret: clientSecret ?? "" });
    expect((await introspect(system.issuer, tokens.access_token, headers)).status).toBe(401);
    const answer = await postForm(`${system.issuer}/introspect`, {
      client_id: clientId ?? "",
      token: tokens.access_token,
    });
    expect(answer.status).toBe(401);
  });

  // @rule RFC7662-4-1
  it("slows down guessing, but never locks out the resource server", async () => {
    const wrong = basicAuth({ ...RESOURCE_SERVER, clientSecret: "wrong" });
    let last = 0;
    for (let tries = 0; tries < 21; tries += 1) {
      last = (await introspect(system.issuer, "x", wrong)).status;
    }
    expect(last).toBe(429);
    expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(true);
  });

  // @rule RFC9700-2.6-1
  it("refuses a token that is missing or repeated, other methods, and preflights from browsers", async () => {
    const missing = await postForm(`${system.issuer}/introspect`, {}, basicAuth());
    expect(missing.json["error_description"]).toBe("token: is missing.");
    const empty = await introspect(system.issuer, "");
    expect(empty.json["error_description"]).toBe("token: must not be empty.");
    const twice = await postForm(
      `${system.issuer}/introspect`,
      new URLSearchParams([
        ["token", "a"],
        ["token", "b"],
      ]),
      basicAuth(),
    );
    expect([twice.status, twice.json["error_description"]]).toEqual([
      400,
      "token: must be sent once.",
    ]);
    expect((await request(`${system.issuer}/introspect`)).status).toBe(405);
    const preflight = await request(`${system.issuer}/introspect`, {
      method: "OPTIONS",
      headers: { origin: "https://app.example", "access-control-request-method": "POST" },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
  });
});
