// Advisories of other authorization servers about redirect URIs, tested against this one.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  authorize,
  basicAuth,
  connect,
  createPkce,
  exchangeCode,
  introspect,
  postForm,
  postJson,
  REDIRECT_URI,
  register,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { startDocumentHost } from "../support/document-host.ts";
import { startSystem, type System, TAIGA_API_URL } from "../support/system.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const EVIL = "https://evil.example/callback";

const SCRIPTS = [
  "javascript:alert(document.domain)//",
  "JavaScript:alert(1)",
  "java\tscript:alert(1)",
  " javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)",
  "blob:https://auth.example/1",
  "file:///etc/passwd",
];

describe("workers-oauth-provider", () => {
  // @rule CVE-2025-4143
  it("CVE-2025-4143: /authorize compares the redirect URI with the registered ones, and redirects to no other", async () => {
    const clientId = await register(system, { redirect_uris: ["https://app.example/callback"] });
    for (const uri of [EVIL, "https://app.example/callback/", "https://app.example/callback?x"]) {
      const params = toAuthorizeParams(clientId, createPkce(), { redirect_uri: uri });
      const { status, headers, text } = await request(
        `${system.issuer}/authorize?${params.toString()}`,
      );
      expect([status, headers.get("location")]).toEqual([400, null]);
      expect(text).toContain("invalid_redirect_uri");
    }
  });

  // @rule CVE-2025-4143
  it("CVE-2025-4143: /token compares the redirect URI with that of the authorization request", async () => {
    const clientId = await register(system, { redirect_uris: [REDIRECT_URI, EVIL] });
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    const redirect_uri = EVIL;
    const answer = await exchangeCode(system, clientId, code, pkce, { redirect_uri });
    expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_grant"]);
  });

  // @rule ADV-workers-script-uri
  it.each(SCRIPTS)(
    "javascript: XSS: a registration may not have the redirect URI %j",
    async (uri) => {
      const answer = await postJson(`${system.issuer}/register`, { redirect_uris: [uri] });
      expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_redirect_uri"]);
    },
  );

  // @rule ADV-workers-script-uri
  it("javascript: XSS: a registration update may not add a script URI", async () => {
    const { json } = await postJson(`${system.issuer}/register`, { redirect_uris: [REDIRECT_URI] });
    for (const uri of SCRIPTS) {
      const answer = await request(String(json["registration_client_uri"]), {
        method: "PUT",
        headers: {
          authorization: `Bearer ${String(json["registration_access_token"])}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ client_id: json["client_id"], redirect_uris: [uri] }),
      });
      expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_redirect_uri"]);
    }
  });

  // @rule ADV-workers-script-uri
  it("javascript: XSS: a metadata document may not have a script URI", async () => {
    const host = await startDocumentHost();
    const taking = await startSystem({ fetchDocument: host.fetch });
    try {
      for (const [index, uri] of SCRIPTS.entries()) {
        const clientId = host.publish(`/${index}`, { redirect_uris: [REDIRECT_URI, uri] });
        const params = toAuthorizeParams(clientId, createPkce());
        params.set("redirect_uri", uri);
        const { status, headers } = await request(
          `${taking.issuer}/authorize?${params.toString()}`,
        );
        expect([status, headers.get("location")]).toEqual([400, null]);
      }
    } finally {
      await taking.close();
      await host.close();
    }
  });
});

describe("fosite", () => {
  // @rule CVE-2020-15234
  it("CVE-2020-15234: redirect URIs are compared case-sensitively, at /authorize and /token", async () => {
    const registered = "https://app.example/CallBack?Tenant=A";
    const loopback = "http://127.0.0.1:7777/CallBack";
    const clientId = await register(system, { redirect_uris: [registered, loopback] });
    const others = [
      registered.toLowerCase(),
      "https://app.example/callback?Tenant=A",
      "https://app.example/CallBack?tenant=A",
      "https://app.example/CallBack?Tenant=a",
      "https://APP.example/CallBack?Tenant=A",
      "HTTPS://app.example/CallBack?Tenant=A",
      loopback.toLowerCase(),
      "http://127.0.0.1:8888/callback",
    ];
    const pkce = createPkce();
    for (const uri of others) {
      const params = toAuthorizeParams(clientId, pkce, { redirect_uri: uri });
      const answer = await request(`${system.issuer}/authorize?${params.toString()}`);
      expect([uri, answer.status, answer.headers.get("location")]).toEqual([uri, 400, null]);
    }
    const params = toAuthorizeParams(clientId, pkce, { redirect_uri: registered });
    const code = (await authorize(system, params)).get("code") ?? "";
    const redeem = (redirect_uri: string) =>
      exchangeCode(system, clientId, code, pkce, { redirect_uri });
    expect((await redeem(registered.toLowerCase())).json["error"]).toBe("invalid_grant");
    expect((await redeem(registered)).status).toBe(200);
  });
});

describe("Keycloak", () => {
  // @rule CVE-2026-9689
  it.each(["redirect_uri", "client_id", "state", "code_challenge", "response_type"])(
    "CVE-2026-9689: a repeated %s is refused in either order, and no code is sent",
    async (name) => {
      const good = toAuthorizeParams(await register(system), createPkce());
      const other = { redirect_uri: EVIL, client_id: await register(system) }[name] ?? "other";
      const pair = [`${name}=${encodeURIComponent(other)}`, good.toString()];
      for (const query of [pair.join("&"), pair.toReversed().join("&")]) {
        const answer = await request(`${system.issuer}/authorize?${query}`);
        const location = answer.headers.get("location") ?? "";
        expect(location).not.toContain("evil.example");
        expect(location).not.toContain("/interaction/");
        expect(`${location} ${answer.text}`).toMatch(/invalid_(request|redirect_uri)/);
      }
      expect(system.steps).toEqual([]);
    },
  );

  // @rule CVE-2026-9689
  it.each(["grant_type", "client_id", "code", "redirect_uri", "code_verifier"])(
    "CVE-2026-9689: /token refuses a repeated %s, and the code is not used up",
    async (name) => {
      const clientId = await register(system);
      const pkce = createPkce();
      const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
      const form = new URLSearchParams({
        grant_type: "authorization_code",
        client_id: clientId,
        redirect_uri: REDIRECT_URI,
        code,
        code_verifier: pkce.verifier,
      });
      const twice = new URLSearchParams(form);
      twice.append(name, form.get(name) ?? "");
      const send = (body: URLSearchParams) =>
        request(`${system.issuer}/token`, { method: "POST", body });
      expect([(await send(twice)).status, (await send(form)).status]).toEqual([400, 200]);
    },
  );

  // @rule CVE-2026-9689
  it.each([
    ["/revoke", "token"],
    ["/revoke", "client_id"],
    ["/introspect", "token"],
    ["/token", "subject_token"],
    ["/token", "resource"],
  ])("CVE-2026-9689: %s of either listener refuses a repeated %s", async (path, name) => {
    const { clientId, tokens } = await connect(system);
    const form = new URLSearchParams({
      token: tokens.access_token,
      client_id: clientId,
      subject_token: tokens.access_token,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      resource: TAIGA_API_URL,
    });
    if (path !== "/revoke") form.delete("client_id");
    const headers = path === "/revoke" ? {} : basicAuth();
    const at = path === "/token" ? system.privateUrl : system.issuer;
    const twice = new URLSearchParams(form);
    twice.append(name, "another");
    const refused = await postForm(`${at}${path}`, twice, headers);
    expect([refused.status, refused.json["error"]]).toEqual([400, "invalid_request"]);
    expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(true);
    expect((await postForm(`${at}${path}`, form, headers)).status).toBe(200);
  });
});
