import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBrowser, introspect, refresh, request } from "../support/client.ts";
import { AUTH_CODE, createFakeTaiga, type FakeTaiga } from "../support/fake-taiga.ts";
import { createTestKv } from "../support/stores.ts";
import { type System, TAIGA_API_URL } from "../support/system.ts";
import { startWhole, submitForm } from "../support/whole.ts";
import { connectApp, openAccount, send, toConnectionPaths, toText } from "./account-world.ts";

let taiga: FakeTaiga;
let system: System;
beforeEach(async () => {
  taiga = createFakeTaiga({ alice: 7, bob: 8 });
  system = await startWhole({ taiga });
});
afterEach(() => system.close());

const isActive = async (token: string): Promise<unknown> =>
  (await introspect(system.privateUrl, token)).json["active"];

const toGid = async (token: string): Promise<string> =>
  String((await introspect(system.privateUrl, token)).json["gid"]);

describe("the login of the account pages", () => {
  // @rule ACC-1
  it("shows nothing without it, and keeps nothing of its Taiga credential", async () => {
    const stranger = await request(`${system.issuer}/account`, {
      headers: { accept: "text/html" },
    });
    expect(stranger.status).toBe(200);
    expect(toText(stranger)).toContain("Log in to Taiga to see which apps");
    const { page } = await openAccount(system, "alice");
    expect(toText(page)).toContain("No app is connected in Taiga as alice");
    const kinds: string[] = [];
    for await (const key of system.store.scan("")) kinds.push(key.split(":", 1)[0] ?? "");
    expect(kinds.filter((kind) => kind === "vault" || kind === "held")).toEqual([]);
    expect(kinds).toContain("acct");
  });

  it("says what is wrong after a redirect, and asks for the password again", async () => {
    const browser = createBrowser(system.issuer);
    const url = `${system.issuer}/account`;
    const typed = { username: "alice", password: "wrong" };
    const { page } = await submitForm(
      system,
      browser,
      await browser.open(url),
      url,
      "login",
      typed,
    );
    expect(page.text).toMatch(/role="alert"[^]*User name or password is wrong/);
    expect(page.text).toContain('value="alice"');
    expect(page.text).not.toContain("wrong&quot;");
  });

  // @rule ACC-1
  it("gives the browser another secret than before, so that a planted one gains nothing", async () => {
    const browser = createBrowser(system.issuer);
    await browser.open(`${system.issuer}/account`);
    const planted = await browser.jar.getCookieString(system.issuer);
    await openAccount(system, "alice", browser);
    const page = await request(`${system.issuer}/account`, { headers: { cookie: planted } });
    expect(toText(page)).toContain("Log in to Taiga to see");
  });

  // @rule ACC-1
  it("works on Taiga's own pages, too", async () => {
    const browser = createBrowser(system.issuer);
    const url = `${system.issuer}/account`;
    const login = await browser.open(url);
    const { leftFor } = await submitForm(system, browser, login, url, "taiga", {});
    expect(leftFor?.origin).toBe(new URL(TAIGA_API_URL).origin);
    const returned = `${system.issuer}/taiga/callback?auth_code=${AUTH_CODE}`;
    const { page } = await browser.follow(returned);
    expect(toText(page)).toContain("No app is connected in Taiga as bob");
  });

  // @rule ACC-1
  it("sets a cookie for this host only, which scripts cannot read", async () => {
    await system.close();
    system = await startWhole({ settings: { ISSUER: "https://login.example.com" } });
    const { headers } = await request(`${system.url}/account`);
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-taiga-mcp-account=[\w-]{43}; Max-Age=1800; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });

  // @rule ACC-1
  it("is over when the person logs out", async () => {
    const { browser, page } = await openAccount(system, "alice");
    const after = await send(system, browser, page, "/account/logout");
    expect(toText(after)).toContain("Log in to Taiga to see");
    expect(toText(await browser.open(`${system.issuer}/account`))).toContain("Log in to Taiga");
  });

  it("is limited for each network, so that failed logins fill no store", async () => {
    const browser = createBrowser(system.issuer);
    const url = `${system.issuer}/account`;
    const login = await browser.open(url);
    const attempts = Array.from({ length: 61 }, () =>
      browser.open(`${url}/login`, { method: "POST", body: new URLSearchParams({}) }),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    const typed = { username: "alice", password: "correct" };
    const { page } = await submitForm(system, browser, login, url, "login", typed);
    expect([page.status, toText(page)]).toEqual([429, expect.stringContaining("in a minute")]);
  });

  it("shows a page while the store does not answer", async () => {
    await system.close();
    const kv = createTestKv();
    system = await startWhole({ taiga, kv });
    const { browser } = await openAccount(system, "alice");
    kv.isDown = true;
    const page = await browser.open(`${system.issuer}/account`);
    expect([page.status, toText(page)]).toEqual([503, expect.stringContaining("Not available")]);
    kv.isDown = false;
  });

  it("refuses users who are not on the list, and stores nothing", async () => {
    await system.close();
    system = await startWhole({ taiga, settings: { ALLOWED_USERS: "bob" } });
    const { page } = await openAccount(system, "alice");
    expect([page.status, toText(page)]).toEqual([403, expect.stringContaining("no access")]);
    for await (const key of system.store.scan("acct:")) expect(key).toBe("none");
  });
});

describe("the connections of a user", () => {
  // @rule ACC-2
  it("are shown with name, host, level, projects and use, and nobody else's are", async () => {
    await connectApp(system, "alice", { name: "Claude <b>Code</b>", access: "read" });
    await connectApp(system, "bob", { name: "App of Bob" });
    const { page } = await openAccount(system, "alice");
    const text = toText(page);
    expect(text).toContain("Claude &lt;b&gt;Code&lt;/b&gt;");
    expect(text).toContain("not verified it says: a program on this computer");
    expect(text).toMatch(/May Read only Projects All projects Connected just now/);
    expect(text).toMatch(/Last used just now Network (127\.0\.0\.1|::)/);
    expect(text).toContain("You connected Claude");
    expect(text).not.toContain("App of Bob");
  });

  // @rule ACC-3
  it("end at once: the access token, the refresh token and the entry on the page", async () => {
    const { clientId, tokens } = await connectApp(system, "alice");
    const other = await connectApp(system, "alice", { name: "Other" });
    const { browser, page } = await openAccount(system, "alice");
    expect(toConnectionPaths(page)).toHaveLength(2);
    const path = `/account/connections/${await toGid(tokens.access_token)}`;
    const after = await send(system, browser, page, `${path}/disconnect`);
    expect(after.text).toMatch(/role="status"[^]*Test client is disconnected/);
    expect(await isActive(tokens.access_token)).toBe(false);
    expect((await refresh(system, clientId, tokens.refresh_token)).json["error"]).toBe(
      "invalid_grant",
    );
    expect(await isActive(other.tokens.access_token)).toBe(true);
    expect(toConnectionPaths(after)).toHaveLength(1);
    expect(toText(after)).toContain("You disconnected Test client");
    expect((await browser.open(`${system.issuer}/account`)).text).not.toContain('role="status"');
  });

  // @rule ACC-3
  it("end all together, after a question", async () => {
    const apps = [await connectApp(system, "alice"), await connectApp(system, "alice")];
    const bobs = await connectApp(system, "bob");
    const { browser } = await openAccount(system, "alice");
    const question = await browser.open(`${system.issuer}/account/disconnect`);
    expect(toText(question)).toContain("Disconnect all 2 apps?");
    const after = await send(system, browser, question, "/account/disconnect");
    expect(toText(after)).toContain("All apps are disconnected.");
    for (const { tokens } of apps) expect(await isActive(tokens.access_token)).toBe(false);
    expect(await isActive(bobs.tokens.access_token)).toBe(true);
  });

  // @rule ACC-4
  it("cannot be seen, limited or ended by another user, by another site or without the token", async () => {
    const { tokens } = await connectApp(system, "alice");
    const [path = ""] = toConnectionPaths((await openAccount(system, "alice")).page);
    const bob = await openAccount(system, "bob");
    const shown = await bob.browser.follow(`${system.issuer}${path}`);
    expect(toText(shown.page)).toContain("That app was disconnected already.");
    const csrf = /name="csrf" value="([^"]+)"/.exec(bob.page.text)?.[1] ?? "";
    for (const action of ["disconnect", "limit"]) {
      await bob.browser.follow(`${system.issuer}${path}/${action}`, {
        method: "POST",
        body: new URLSearchParams({ csrf, access: "read", projects: "all" }),
      });
    }
    expect(await isActive(tokens.access_token)).toBe(true);

    const alice = await openAccount(system, "alice");
    const own = /name="csrf" value="([^"]+)"/.exec(alice.page.text)?.[1] ?? "";
    const attempts: [Record<string, string>, Record<string, string>, number][] = [
      [{ csrf: own }, { origin: "https://evil.example" }, 403],
      [{ csrf: own }, { "sec-fetch-site": "cross-site" }, 403],
      [{ csrf }, { origin: system.issuer }, 403],
      [{}, { origin: system.issuer }, 403],
    ];
    for (const [fields, headers, status] of attempts) {
      const answer = await alice.browser.open(`${system.issuer}${path}/disconnect`, {
        method: "POST",
        headers,
        body: new URLSearchParams(fields),
      });
      expect(answer.status).toBe(status);
    }
    expect(await isActive(tokens.access_token)).toBe(true);
  });
});

describe("limiting a connection", () => {
  // @rule ACC-5
  it("lowers its level for tokens that exist and for later ones, without a login", async () => {
    const { clientId, tokens } = await connectApp(system, "alice", { access: "write" });
    const { browser, page } = await openAccount(system, "alice");
    const [path = ""] = toConnectionPaths(page);
    const form = await browser.open(`${system.issuer}${path}`);
    expect(toText(form)).toContain("Limit Test client");
    expect(form.text).not.toContain('value="delete"');
    const after = await send(system, browser, form, `${path}/limit`, {
      access: "read",
      projects: "all",
    });
    expect(toText(after)).toContain("Test client is limited from now on.");
    const { json } = await introspect(system.privateUrl, tokens.access_token);
    expect([json["active"], json["access"], json["scope"]]).toEqual([true, "read", "taiga:read"]);
    const next = await refresh(system, clientId, tokens.refresh_token);
    const later = await introspect(system.privateUrl, next.json["access_token"] as string);
    expect(later.json["access"]).toBe("read");
  });

  // @rule ACC-5
  it.each([
    ["a higher level", { access: "delete", projects: "all" }, "only allow less than today"],
    ["an unknown level", { access: "root", projects: "all" }, "Choose what the app may do"],
    ["no project", { access: "read", projects: "chosen" }, "Select at least one project"],
    ["a strange project", { access: "read", projects: "chosen", project: "99" }, "not a member"],
  ])("refuses %s, and changes nothing", async (_name, fields, message) => {
    const { tokens } = await connectApp(system, "alice", { access: "write" });
    const { browser, page } = await openAccount(system, "alice");
    const [path = ""] = toConnectionPaths(page);
    const form = await browser.open(`${system.issuer}${path}`);
    const after = await send(system, browser, form, `${path}/limit`, fields);
    expect(after.text).toMatch(/role="alert"/);
    expect(toText(after)).toContain(message);
    const { json } = await introspect(system.privateUrl, tokens.access_token);
    expect([json["access"], json["projects"]]).toEqual(["write", "all"]);
  });
});
