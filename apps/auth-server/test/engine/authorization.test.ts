import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  authorize,
  connect,
  createBrowser,
  createPkce,
  exchangeCode,
  introspect,
  postForm,
  postJson,
  refresh,
  REDIRECT_URI,
  register,
  revoke,
  toAuthorizeParams,
} from "../support/client.ts";
import { RESOURCE, startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const subjectOf = async (token: string): Promise<unknown> =>
  (await introspect(system.issuer, token)).json["sub"];

describe("what a client asks for", () => {
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

  it("is narrowed by the user without being asked again for the rest", async () => {
    system.user.limits = { access: "read", projects: [1] };
    const { tokens } = await connect(system, { params: { scope: "taiga:admin" } });
    expect(system.steps).toEqual(["login", "consent"]);
    expect(tokens.scope).toBe("taiga:read");
  });

  it("is never widened by the user beyond the request", async () => {
    system.user.limits = { access: "admin", projects: "all" };
    const { tokens } = await connect(system, { params: { scope: "taiga:read" } });
    expect(tokens.scope).toBe("taiga:read");
  });

  it("is capped by the operator", async () => {
    const strict = await startSystem({ config: { accessLimit: "read" } });
    try {
      strict.user.limits = { access: "admin", projects: "all" };
      const { tokens } = await connect(strict, { params: { scope: "taiga:admin" } });
      expect(tokens.scope).toBe("taiga:read");
    } finally {
      await strict.close();
    }
  });

  it.each([
    [{ resource: "https://elsewhere.example/mcp" }, "invalid_target"],
    [{ code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ prompt: "none" }, "login_required"],
    [{ request: "eyJhbGciOiJub25lIn0.e30." }, "request_not_supported"],
    [{ request_uri: "https://evil.example/r" }, "request_uri_not_supported"],
  ])(
    "may not be %j: the client is told %s, with its state and our name",
    async (overrides, error) => {
      const params = toAuthorizeParams(await register(system), createPkce(), overrides);
      const answer = Object.fromEntries(await authorize(system, params));
      expect(answer).toMatchObject({ error, state: "the-state", iss: system.issuer });
      expect(system.steps).toEqual([]);
    },
  );

  it.each(["state", "scope", "code_challenge", "client_id", "redirect_uri"])(
    "may not have %s twice",
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
  it("is refused, and its error comes where such a client looks for it", async () => {
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
  it("take any port of a registered loopback address, because native clients listen anywhere", async () => {
    const clientId = await register(system, { redirect_uris: ["http://localhost/callback"] });
    const params = toAuthorizeParams(clientId, createPkce(), {
      redirect_uri: "http://localhost:53999/callback",
    });
    expect((await authorize(system, params)).get("code")).not.toBeNull();
  });

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

describe("codes", () => {
  it.each([
    ["another client", async () => ({ client_id: await register(system) })],
    ["another verifier", async () => ({ code_verifier: createPkce().verifier })],
    ["another redirect", async () => ({ redirect_uri: "http://127.0.0.1:7778/callback" })],
    ["another resource", async () => ({ resource: "https://elsewhere.example/mcp" })],
  ])("are worth nothing with %s", async (_what, override) => {
    const clientId = await register(system);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    const answer = await exchangeCode(system, clientId, code, pkce, await override());
    expect(answer.status).toBe(400);
    expect(answer.json["error"]).toMatch(/^invalid_(grant|target)$/);
  });

  it("are worth nothing after the minute that they live for", async () => {
    stopClock();
    try {
      const clientId = await register(system);
      for (const [seconds, status] of [
        [59, 200],
        [61, 400],
      ] as const) {
        const pkce = createPkce();
        const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
        advance(seconds);
        expect((await exchangeCode(system, clientId, code, pkce)).status).toBe(status);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  it("are exchanged for the resource in any spelling, or for none", async () => {
    for (const resource of [`${RESOURCE}/`, RESOURCE.replace("http", "HTTP")]) {
      const clientId = await register(system);
      const pkce = createPkce();
      const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
      const answer = await exchangeCode(system, clientId, code, pkce, { resource });
      expect(answer.status).toBe(200);
      const next = await postForm(`${system.issuer}/token`, {
        grant_type: "refresh_token",
        client_id: clientId,
        refresh_token: String(answer.json["refresh_token"]),
      });
      expect(next.status).toBe(200);
    }
  });
});

describe("logins", () => {
  it("are asked for at every authorization, because each grant needs a Taiga login of its own", async () => {
    const browser = createBrowser(system.issuer);
    const clientId = await register(system);
    const first = await connect(system, { clientId, browser });
    const second = await connect(system, { clientId, browser });
    expect(system.steps).toEqual(["login", "consent", "login", "consent"]);
    const gids = await Promise.all(
      [first, second].map(
        async ({ tokens }) => (await introspect(system.issuer, tokens.access_token)).json["gid"],
      ),
    );
    expect(gids[0]).not.toBe(gids[1]);
    await revoke(system, clientId, first.tokens.access_token);
    expect(await subjectOf(second.tokens.access_token)).toBe("alice");
  });

  it("of different users in one browser do not mix", async () => {
    const browser = createBrowser(system.issuer);
    const alice = await connect(system, { browser });
    system.user.accountId = "bob";
    const bob = await connect(system, { browser });
    expect(await subjectOf(alice.tokens.access_token)).toBe("alice");
    expect(await subjectOf(bob.tokens.access_token)).toBe("bob");
  });

  it("in two tabs go on side by side, each with its own user", async () => {
    const browser = createBrowser(system.issuer);
    const clientId = await register(system);
    const open = async () => {
      const pkce = createPkce();
      const params = toAuthorizeParams(clientId, pkce);
      const { headers } = await browser.open(`${system.issuer}/authorize?${params.toString()}`);
      const page = new URL(headers.get("location") ?? "", system.issuer).href;
      return { pkce, page };
    };
    const stepOn = async (url: string): Promise<string> => {
      const back = (await browser.open(url)).headers.get("location") ?? "";
      return new URL((await browser.open(back)).headers.get("location") ?? "", system.issuer).href;
    };
    const one = await open();
    const two = await open();
    system.user.accountId = "alice";
    const consentOne = await stepOn(one.page);
    system.user.accountId = "bob";
    const consentTwo = await stepOn(two.page);
    const results = [
      { ...one, end: await stepOn(consentOne), subject: "alice" },
      { ...two, end: await stepOn(consentTwo), subject: "bob" },
    ];
    for (const { pkce, end, subject } of results) {
      const code = new URL(end).searchParams.get("code") ?? "";
      const { json } = await exchangeCode(system, clientId, code, pkce);
      expect(await subjectOf(String(json["access_token"]))).toBe(subject);
    }
  });

  it("may be done again for another account before the consent", async () => {
    const browser = createBrowser(system.issuer);
    const clientId = await register(system);
    const pkce = createPkce();
    const started = await browser.open(
      `${system.issuer}/authorize?${toAuthorizeParams(clientId, pkce).toString()}`,
    );
    const page = new URL(started.headers.get("location") ?? "", system.issuer).href;
    const toConsent = (await browser.open(page)).headers.get("location") ?? "";
    await browser.open(toConsent);
    system.user.accountId = "bob";
    const { leftFor } = await browser.follow(`${page}?account=other`);
    const code = leftFor?.searchParams.get("code") ?? "";
    const { json } = await exchangeCode(system, clientId, code, pkce);
    expect(await subjectOf(String(json["access_token"]))).toBe("bob");
    expect(system.steps).toEqual(["login", "consent", "consent"]);
  });

  it("cannot be finished in another browser, so that nobody is led into a stranger's connection", async () => {
    const attacker = createBrowser(system.issuer);
    const params = toAuthorizeParams(await register(system), createPkce());
    const started = await attacker.open(`${system.issuer}/authorize?${params.toString()}`);
    const page = new URL(started.headers.get("location") ?? "", system.issuer).href;
    expect((await createBrowser(system.issuer).open(page)).status).toBe(400);
    const resume = (await attacker.open(page)).headers.get("location") ?? "";
    const victim = await createBrowser(system.issuer).open(resume);
    expect([victim.status, victim.headers.get("location")]).toEqual([400, null]);
    expect(victim.headers.get("content-type")).toContain("text/html");
  });

  it("cannot be taken up under another name than the browser's own", async () => {
    const browser = createBrowser(system.issuer);
    const params = toAuthorizeParams(await register(system), createPkce());
    const started = await browser.open(`${system.issuer}/authorize?${params.toString()}`);
    const page = new URL(started.headers.get("location") ?? "", system.issuer).href;
    const cookie = await browser.jar.getCookieString(page);
    const answer = await createBrowser(system.issuer).open(`${system.issuer}/interaction/another`, {
      headers: { cookie },
    });
    expect(answer.status).toBe(400);
    expect(system.steps).toEqual([]);
  });
});

describe("revocation", () => {
  it("is for the client that holds the token; others get the same answer and change nothing", async () => {
    const { tokens } = await connect(system);
    const stranger = await revoke(system, await register(system), tokens.access_token);
    const unknown = await revoke(system, await register(system), "unknown");
    expect([stranger.status, unknown.status]).toEqual([200, 200]);
    expect(await subjectOf(tokens.access_token)).toBe("alice");
  });

  it("needs the client's secret where it has one", async () => {
    const registered = await postJson(`${system.issuer}/register`, {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "client_secret_post",
    });
    const answer = await revoke(system, String(registered.json["client_id"]), "x");
    expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
  });

  it("of a refresh token ends its access tokens, too", async () => {
    const { clientId, tokens } = await connect(system);
    await revoke(system, clientId, tokens.refresh_token);
    expect(await subjectOf(tokens.access_token)).toBeUndefined();
    expect((await refresh(system, clientId, tokens.refresh_token)).json["error"]).toBe(
      "invalid_grant",
    );
  });
});

describe("a client with a key instead of a secret", () => {
  it("is let in once for each assertion, also when four requests race", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const registered = await postJson(`${system.issuer}/register`, {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" }] },
    });
    const clientId = String(registered.json["client_id"]);
    const assertion = await new SignJWT({ jti: "one" })
      .setProtectedHeader({ alg: "ES256", kid: "k" })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(system.issuer)
      .setIssuedAt()
      .setExpirationTime("1m")
      .sign(privateKey);
    const attempt = () =>
      postForm(`${system.issuer}/token`, {
        grant_type: "refresh_token",
        refresh_token: "unknown",
        client_assertion: assertion,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      });
    const errors = (await Promise.all([attempt(), attempt(), attempt(), attempt()])).map(
      ({ json }) => String(json["error"]),
    );
    expect(errors.toSorted()).toEqual([
      "invalid_client",
      "invalid_client",
      "invalid_client",
      "invalid_grant",
    ]);
  });
});
