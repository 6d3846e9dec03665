import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
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
  request,
  revoke,
  toAuthorizeParams,
  type Tokens,
  basicAuth,
} from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { startSystem, type System } from "../support/system.ts";

describe("while the store does not answer", () => {
  let kv: TestKv;
  let system: System;
  let clientId: string;
  let tokens: Tokens;

  beforeEach(async () => {
    kv = createTestKv();
    system = await startSystem({ kv });
    ({ clientId, tokens } = await connect(system));
  });
  afterEach(() => system.close());

  // On invalid_client or invalid_grant clients discard their login, on server_error they open
  // a browser: mcp.md calls those the top complaints.
  const OUTAGE = {
    status: 503,
    error: "temporarily_unavailable",
    retryAfter: "5",
    cacheControl: "no-store",
  };
  const summary = ({ status, json, headers }: Answer): object => ({
    status,
    error: json["error"],
    retryAfter: headers.get("retry-after"),
    cacheControl: headers.get("cache-control"),
  });

  // @rule OUTAGE-1
  it("token requests with a code are answered 503, and the code still works afterwards", async () => {
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    kv.isDown = true;
    expect(summary(await exchangeCode(system, clientId, code, pkce))).toEqual(OUTAGE);
    kv.isDown = false;
    expect((await exchangeCode(system, clientId, code, pkce)).status).toBe(200);
  });

  it("refreshes are answered 503, and the refresh token still works afterwards", async () => {
    kv.isDown = true;
    expect(summary(await refresh(system, clientId, tokens.refresh_token))).toEqual(OUTAGE);
    kv.isDown = false;
    expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(200);
  });

  // @rule OUTAGE-1
  it.each(["get", "compareAndSet", "set", "touch", "setIfAbsent"])(
    "a refresh whose %s fails is never invalid_grant or invalid_client",
    async (method) => {
      kv.failsOn = (called) => called === method;
      expect(summary(await refresh(system, clientId, tokens.refresh_token))).toEqual(OUTAGE);
    },
  );

  it("registrations are answered 503", async () => {
    kv.isDown = true;
    expect(
      summary(await postJson(`${system.issuer}/register`, { redirect_uris: [REDIRECT_URI] })),
    ).toEqual(OUTAGE);
  });

  // @rule OUTAGE-7 CVE-2020-15223
  it("revocations are answered 503, because the token still lives", async () => {
    kv.isDown = true;
    expect(summary(await revoke(system, clientId, tokens.access_token))).toEqual(OUTAGE);
    kv.isDown = false;
    kv.failsOn = (method) => method === "deleteMembers";
    expect(summary(await revoke(system, clientId, tokens.access_token))).toEqual(OUTAGE);
  });

  // @rule OUTAGE-1
  it("introspection is answered 503 on both listeners, never active: false", async () => {
    kv.isDown = true;
    expect(summary(await introspect(system.issuer, tokens.access_token))).toEqual(OUTAGE);
    expect(summary(await introspect(system.privateUrl, tokens.access_token))).toEqual(OUTAGE);
  });

  it("token exchange is answered 503", async () => {
    kv.isDown = true;
    expect(
      summary(
        await postForm(
          `${system.privateUrl}/token`,
          {
            grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
            subject_token: tokens.access_token,
            subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
          },
          basicAuth(),
        ),
      ),
    ).toEqual(OUTAGE);
  });

  // @rule OUTAGE-1 OUTAGE-4
  it("/authorize shows a page without a redirect", async () => {
    kv.isDown = true;
    const params = toAuthorizeParams(clientId, createPkce());
    const answer = await createBrowser(system.issuer).open(
      `${system.issuer}/authorize?${params.toString()}`,
    );
    expect(answer.status).toBe(503);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.text).toContain("Not available right now");
  });

  it("/authorize also shows the page when writing a record or reading the session fails", async () => {
    const params = toAuthorizeParams(await register(system), createPkce());
    const browser = createBrowser(system.issuer);
    kv.failsOn = (method, key) => method === "set" && key.startsWith("ix:");
    const started = await browser.open(`${system.issuer}/authorize?${params.toString()}`);
    expect([started.status, started.headers.get("location")]).toEqual([503, null]);
    kv.failsOn = (method, key) => method === "set" && key.startsWith("sess:");
    const { page, leftFor } = await browser.follow(
      `${system.issuer}/authorize?${params.toString()}`,
    );
    expect([page.status, leftFor]).toEqual([503, undefined]);
    expect(page.text).toContain("Not available right now");
  });

  // @rule OUTAGE-10
  it.each(["code:", "sess:", "uid:", "ix:"])(
    "a page that fails because %s cannot be written works when it is reloaded",
    async (prefix) => {
      const params = toAuthorizeParams(await register(system), createPkce());
      const browser = createBrowser(system.issuer);
      const { headers } = await browser.open(`${system.issuer}/authorize?${params.toString()}`);
      let url = new URL(headers.get("location") ?? "", system.issuer).href;
      kv.failsOn = (method, key) => method === "set" && key.startsWith(prefix);
      let answer = await browser.open(url);
      for (let hops = 0; hops < 6 && answer.status === 303; hops += 1) {
        url = new URL(answer.headers.get("location") ?? "", system.issuer).href;
        answer = await browser.open(url);
      }
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
      kv.failsOn = undefined;
      const { leftFor } = await browser.follow(url);
      expect(leftFor?.searchParams.get("code")).toBeTruthy();
    },
  );

  // @rule OUTAGE-6
  it("/readyz reports the outage and /healthz does not, so that the service is not restarted for it", async () => {
    kv.isDown = true;
    expect((await request(`${system.privateUrl}/readyz`)).status).toBe(503);
    expect((await request(`${system.privateUrl}/healthz`)).status).toBe(200);
  });

  it("metadata is still served", async () => {
    kv.isDown = true;
    const answer = await request(`${system.issuer}/.well-known/oauth-authorization-server`);
    expect(answer.status).toBe(200);
  });
});
