import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  authorize,
  connect,
  createBrowser,
  createPkce,
  exchangeCode,
  introspect,
  register,
  toAuthorizeParams,
} from "../support/client.ts";
import { RESOURCE, startSystem, type System } from "../support/system.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

describe("what a client asks for", () => {
  // @rule RFC6749-3.3-1
  it.each([
    ["no scope at all", { scope: undefined }],
    ["only scopes of OpenID, which must not make consent loop", { scope: "openid profile email" }],
    [
      "offline_access and prompt=consent, as SDK clients do",
      { scope: "taiga:write offline_access", prompt: "consent" },
    ],
    ["OpenID's nonce and max_age", { scope: "openid taiga:write", nonce: "n", max_age: "0" }],
    ["an account chooser", { prompt: "select_account login" }],
    ["no resource", { resource: undefined }],
    ["the resource with a slash", { resource: `${RESOURCE}/` }],
    ["the answer as a form", { response_mode: "form_post" }],
  ])("may be %s: one login, one consent, tokens", async (_what, params) => {
    const { tokens } = await connect(system, { params });
    expect(system.steps).toEqual(["login", "consent"]);
    expect(tokens.scope).toBe("taiga:read taiga:write");
    expect(tokens.refresh_token).toBeTypeOf("string");
    expect((await introspect(system.issuer, tokens.access_token)).json["aud"]).toBe(RESOURCE);
  });

  // @rule RFC6749-3.3-2
  it("may be narrowed by the user, who is not asked again for the rest", async () => {
    system.user.limits = { access: "read", projects: [1] };
    const { tokens } = await connect(system, { params: { scope: "taiga:admin" } });
    expect(system.steps).toEqual(["login", "consent"]);
    expect(tokens.scope).toBe("taiga:read");
  });

  // @rule RFC6749-3.3-2
  it("cannot be widened by the user beyond the request", async () => {
    system.user.limits = { access: "admin", projects: "all" };
    const { tokens } = await connect(system, { params: { scope: "taiga:read" } });
    expect(tokens.scope).toBe("taiga:read");
  });

  // @rule RFC6749-3.3-2
  it("is capped by the operator", async () => {
    const strict = await startSystem({ settings: { ACCESS_LIMIT: "read" } });
    try {
      strict.user.limits = { access: "admin", projects: "all" };
      const { tokens } = await connect(strict, { params: { scope: "taiga:admin" } });
      expect(tokens.scope).toBe("taiga:read");
    } finally {
      await strict.close();
    }
  });

  // @rule RFC7636-4.4.1-1 RFC6749-4.1-1 RFC9207-2-1
  it.each([
    [{ resource: "https://elsewhere.example/mcp" }, "invalid_target"],
    [{ code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ prompt: "none" }, "login_required"],
    [{ request: "eyJhbGciOiJub25lIn0.e30." }, "request_not_supported"],
    [{ request_uri: "https://evil.example/r" }, "request_uri_not_supported"],
  ])(
    "may not be %j: the client gets the error %s with its state and our issuer",
    async (overrides, error) => {
      const params = toAuthorizeParams(await register(system), createPkce(), overrides);
      const answer = Object.fromEntries(await authorize(system, params));
      expect(answer).toMatchObject({ error, state: "the-state", iss: system.issuer });
      expect(system.steps).toEqual([]);
    },
  );

  // @rule RFC6749-3.1-1
  it.each(["state", "scope", "code_challenge", "client_id", "redirect_uri"])(
    "may not repeat %s",
    async (name) => {
      const params = toAuthorizeParams(await register(system), createPkce());
      params.append(name, params.get(name) ?? "");
      const answer = await createBrowser(system.issuer).open(
        `${system.issuer}/authorize?${params.toString()}`,
      );
      const location = answer.headers.get("location") ?? "";
      expect(`${location} ${answer.text}`).toContain("invalid_request");
      expect(location).not.toContain("/interaction/");
    },
  );

  it("may come by POST", async () => {
    const pkce = createPkce();
    const clientId = await register(system);
    const { leftFor } = await createBrowser(system.issuer).follow(`${system.issuer}/authorize`, {
      method: "POST",
      body: toAuthorizeParams(clientId, pkce),
    });
    const code = leftFor?.searchParams.get("code") ?? "";
    expect((await exchangeCode(system, clientId, code, pkce)).status).toBe(200);
  });
});

describe("the implicit grant", () => {
  // @rule RFC6749-4.1-1
  it("is refused, with the error in the fragment, where such a client reads it", async () => {
    const params = toAuthorizeParams(await register(system), createPkce(), {
      response_type: "token",
    });
    const { leftFor } = await createBrowser(system.issuer).follow(
      `${system.issuer}/authorize?${params.toString()}`,
    );
    expect(leftFor?.hash).toContain("error=unsupported_response_type");
  });
});

describe("redirects", () => {
  // @rule RFC9700-2.1-1
  it("take any port of a registered loopback address, because native clients listen anywhere", async () => {
    const clientId = await register(system, { redirect_uris: ["http://localhost/callback"] });
    const params = toAuthorizeParams(clientId, createPkce(), {
      redirect_uri: "http://localhost:53999/callback",
    });
    expect((await authorize(system, params)).get("code")).not.toBeNull();
  });

  // @rule RFC9700-2.1-1 CVE-2025-4143
  it.each([
    "http://127.0.0.1:7777/callback",
    "http://localhost:7777/other",
    "http://localhost:7777/callback/",
    "https://localhost:7777/callback",
    "http://localhost:7777/callback?x=1",
  ])("never go to %s, which was not registered", async (uri) => {
    const clientId = await register(system, { redirect_uris: ["http://localhost/callback"] });
    const params = toAuthorizeParams(clientId, createPkce(), { redirect_uri: uri });
    const answer = await createBrowser(system.issuer).open(
      `${system.issuer}/authorize?${params.toString()}`,
    );
    expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
    expect(answer.text).toContain("invalid_redirect_uri");
  });
});
