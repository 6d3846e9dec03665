import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  connect,
  createBrowser,
  createPkce,
  exchangeCode,
  introspect,
  register,
  revoke,
  toAuthorizeParams,
} from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const subjectOf = async (token: string): Promise<unknown> =>
  (await introspect(system.issuer, token)).json["sub"];

describe("logins", () => {
  // @rule MCP-SECURITY-9
  it("are required at every authorization, because each grant needs its own Taiga login", async () => {
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

  // @rule MCP-SECURITY-10
  it("of different users in one browser stay separate", async () => {
    const browser = createBrowser(system.issuer);
    const alice = await connect(system, { browser });
    system.user.accountId = "bob";
    const bob = await connect(system, { browser });
    expect(await subjectOf(alice.tokens.access_token)).toBe("alice");
    expect(await subjectOf(bob.tokens.access_token)).toBe("bob");
  });

  // @rule MCP-SECURITY-10
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

  // @rule MCP-SECURITY-10
  it("may be repeated with another account before the consent", async () => {
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

  // @rule MCP-SECURITY-8 GHSA-rww4-4w9c-7733
  it("cannot be completed in another browser, so that no user is tricked into a stranger's connection", async () => {
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

  // @rule MCP-SECURITY-8
  it("cannot be continued under another interaction's id than the browser's own", async () => {
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
