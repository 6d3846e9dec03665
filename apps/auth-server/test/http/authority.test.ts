import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  authorize,
  createPkce,
  postJson,
  REDIRECT_URI,
  register,
  toAuthorizeParams,
} from "../support/client.ts";
import { rawRequest } from "../support/raw.ts";
import { startSystem, type System } from "../support/system.ts";

const EVIL = "evil.example";
const HEADERS = {
  host: EVIL,
  "x-forwarded-host": EVIL,
  "x-forwarded-proto": "gopher",
  forwarded: `host=${EVIL};proto=https`,
};

describe("the public address of this server", () => {
  let system: System;
  beforeEach(async () => {
    system = await startSystem();
  });
  afterEach(() => system.close());

  // @rule EDGE-10 ADV-forwarded-headers
  it.each([
    ["headers", "/.well-known/oauth-authorization-server"],
    ["an absolute request target", `http://${EVIL}/.well-known/oauth-authorization-server`],
  ])(
    "comes from the configuration, never from %s: metadata cannot be poisoned",
    async (_what, target) => {
      const answer = await rawRequest(system.issuer, { target, headers: HEADERS });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(EVIL);
      expect(answer.text).toContain(`"token_endpoint":"${system.issuer}/token"`);
    },
  );

  // @rule EDGE-10
  it("is also used in registration responses and redirects", async () => {
    for (const target of ["/register", `http://${EVIL}/register`]) {
      const registered = await rawRequest(system.issuer, {
        target,
        method: "POST",
        headers: { ...HEADERS, "content-type": "application/json" },
        body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
      });
      expect(registered.status).toBe(201);
      expect(registered.text).not.toContain(EVIL);
    }
    const params = toAuthorizeParams(await register(system), createPkce()).toString();
    for (const target of [
      `/authorize?${params.toString()}`,
      `http://${EVIL}/authorize?${params.toString()}`,
    ]) {
      const started = await rawRequest(system.issuer, { target, headers: HEADERS });
      expect(started.status).toBe(303);
      expect(started.headers["location"]).toMatch(/^\/interaction\//);
    }
  });

  // @rule RFC9700-4.7-1
  it("makes cookies Secure, and __Host- where their path allows it, behind a proxy that terminates TLS", async () => {
    const secure = await startSystem({ settings: { ISSUER: "https://auth.example" } });
    try {
      const registration = await postJson(`${secure.url}/register`, {
        redirect_uris: [REDIRECT_URI],
      });
      const params = toAuthorizeParams(String(registration.json["client_id"]), createPkce());
      const cookies: string[] = [];
      let target = `/authorize?${params.toString()}`;
      for (let steps = 0; steps < 3; steps += 1) {
        const cookie = cookies.map((line) => line.split(";")[0]).join("; ");
        const answer = await rawRequest(secure.url, { target, headers: { cookie } });
        expect(answer.status).toBe(303);
        cookies.push(...[answer.headers["set-cookie"] ?? []].flat());
        const next = new URL(String(answer.headers["location"]), secure.issuer);
        expect(next.origin).toBe("https://auth.example");
        target = next.pathname;
      }
      const names = new Set(cookies.map((line) => line.split("=")[0]));
      expect(names).toContain("__Host-taiga-mcp-session");
      expect(names).toContain("taiga-mcp-interaction");
      for (const cookie of cookies) {
        expect(cookie).toMatch(/; secure/i);
        expect(cookie).toMatch(/; httponly/i);
        expect(cookie).toMatch(/; samesite=lax/i);
      }
      const prefixed = cookies.filter((cookie) => cookie.startsWith("__Host-"));
      for (const cookie of prefixed) expect(cookie).toMatch(/; path=\/;/);
    } finally {
      await secure.close();
    }
  });

  // @rule RFC9207-2-1
  it("is the `iss` of the response, also when the user cancels", async () => {
    const params = toAuthorizeParams(await register(system), createPkce());
    expect((await authorize(system, params)).get("iss")).toBe(system.issuer);
    system.user.decision = "deny";
    const denied = await authorize(system, params);
    expect(Object.fromEntries(denied)).toMatchObject({
      error: "access_denied",
      iss: system.issuer,
      state: "the-state",
    });
  });
});
