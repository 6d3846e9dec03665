import { UnavailableError } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LoginThrottledError } from "../../src/login/login-backend.ts";
import { ada, toAccount } from "../support/ada.ts";
import {
  type Browser,
  type BrowserOptions,
  openBrowser,
  type Page,
  PATH,
  typed,
  UID,
} from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser();
});
afterEach(() => browser.close());

describe("a login that fails", () => {
  const field = (page: Page, name: string) => page.html.querySelector(`input[name=${name}]`);

  // @rule LOGIN-1
  it("keeps the name and never the password when they are wrong", async () => {
    browser.taiga = async () => ({ ok: false, reason: "wrong_credentials" });
    const page = await browser.submit("login", typed);
    expect([page.path, page.status]).toEqual([PATH, 200]);
    expect(field(page, "username")?.getAttribute("value")).toBe("ada");
    expect(field(page, "password")?.hasAttribute("value")).toBe(false);
    expect(page.text).not.toContain("correct horse");
    expect(page.html.querySelector("[role=alert]")?.text).toContain("wrong");
    expect(browser.calls).toEqual([]);
  });

  it.each([
    [{ username: "", password: "x" }, "username", "Enter your user name"],
    [{ username: "  ", password: "x" }, "username", "Enter your user name"],
    [{ username: "ada", password: "" }, "password", "Enter your password"],
    [{ username: "a\u0000da", password: "x" }, "username", "control characters"],
    [{ username: "a".repeat(501), password: "x" }, "username", "at most 500"],
  ])("says at the field what is wrong with %j", async (fields, name, message) => {
    const page = await browser.submit("login", fields);
    expect([page.path, page.status]).toEqual([PATH, 200]);
    expect(field(page, name)?.getAttribute("aria-invalid")).toBe("true");
    const description = field(page, name)?.getAttribute("aria-describedby") ?? "";
    expect(page.html.querySelector(`#${description}`)?.text).toContain(message);
    expect(browser.logins).toEqual([]);
  });

  // @rule CVE-2026-9689
  it("refuses a repeated field instead of choosing one", async () => {
    const csrf = browser.csrf.issue(UID, "login");
    const page = await browser.post(
      `${PATH}/login`,
      `csrf=${csrf}&username=a&username=b&password=x`,
    );
    expect([page.path, page.status]).toEqual([PATH, 200]);
    expect(browser.logins).toEqual([]);
  });

  it("trims the name and leaves the password as typed", async () => {
    await browser.submit("login", { username: " ada ", password: " x " });
    expect(browser.logins).toEqual([{ username: "ada", password: " x " }]);
  });

  it("shows the page again when Taiga is down, with the name kept", async () => {
    browser.taiga = () => Promise.reject(new UnavailableError("Taiga does not answer."));
    const page = await browser.submit("login", typed);
    expect([page.path, page.status]).toEqual([PATH, 200]);
    expect(page.html.querySelector("[role=alert]")?.text).toContain("Taiga does not answer");
    expect(field(page, "username")?.getAttribute("value")).toBe("ada");
    expect(page.text).not.toContain("correct horse");
  });

  // @rule LOGIN-6
  it("says how long to wait when Taiga throttles logins", async () => {
    browser.taiga = () => Promise.reject(new LoginThrottledError(42));
    const page = await browser.submit("login", typed);
    expect([page.path, page.status]).toEqual([PATH, 200]);
    expect(page.html.querySelector("[role=alert]")?.text).toContain("42 seconds");
  });

  it("answers a bug with a page, never with a stack trace", async () => {
    browser.taiga = () => Promise.reject(new TypeError("secret detail"));
    const page = await browser.submit("login", typed);
    expect(page.status).toBe(500);
    expect(page.text).not.toContain("secret detail");
  });

  it("answers with a 503 page when the store is down", async () => {
    browser.storeIsDown = true;
    const page = await browser.get(PATH);
    expect(page.status).toBe(503);
    expect(page.headers.get("Retry-After")).not.toBeNull();
    expect(page.html.querySelector("h1")?.text).toBe("Not available right now");
  });

  // @rule LOGIN-4
  it("does not ask Taiga after 5 failures, and says so without revealing whether the name exists", async () => {
    browser.taiga = async () => ({ ok: false, reason: "wrong_credentials" });
    for (let i = 0; i < 5; i++) await browser.submit("login", typed);
    browser.taiga = async () => ({
      ok: true,
      account: toAccount(),
      credential: ada.credential,
    });
    const page = await browser.submit("login", typed);
    expect(page.html.querySelector("[role=alert]")?.text).toContain(
      "Too many failed logins with this user name. Your password was not checked. Try again in 15 minutes.",
    );
    expect(field(page, "username")?.getAttribute("value")).toBe("ada");
    expect(browser.logins).toHaveLength(5);
    expect((await browser.submit("login", { ...typed, username: "bob" })).status).toBe(303);
  });

  it("is recognised in its browser by a cookie that scripts cannot read", async () => {
    const page = await browser.submit("login", typed);
    const [cookie = ""] = page.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-taiga-mcp-browser=[\w-]{43}; Max-Age=7776000; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/,
    );
    const secret = browser.cookies.get("__Host-taiga-mcp-browser");
    browser.interaction.step = "login";
    await browser.submit("login", typed);
    expect(browser.cookies.get("__Host-taiga-mcp-browser")).toBe(secret);
    browser.cookies.set("__Host-taiga-mcp-browser", "planted");
    await browser.submit("login", typed);
    expect(browser.cookies.get("__Host-taiga-mcp-browser")).toMatch(/^[\w-]{43}$/);
  });

  it("sets no such cookie for a failed login", async () => {
    browser.taiga = async () => ({ ok: false, reason: "wrong_credentials" });
    expect((await browser.submit("login", typed)).headers.getSetCookie()).toEqual([]);
  });

  it("does not count successful logins, because a whole office may share an address", async () => {
    for (let i = 0; i < 25; i++) expect((await browser.submit("login", typed)).status).toBe(303);
  });
});

describe("an installation for some people only", () => {
  const openFor = async (allowLists: BrowserOptions["allowLists"]) => {
    await browser.close();
    browser = await openBrowser({ ...(allowLists && { allowLists }) });
  };

  it("allows users on a list", async () => {
    await openFor({ users: ["ada"] });
    expect((await browser.submit("login", typed)).status).toBe(303);
  });

  // @rule LOGIN-7
  it("tells other users so after a correct login, keeps no credential, and offers another account", async () => {
    await openFor({ users: ["bob"], emailDomains: ["bob.example"] });
    const page = await browser.submit("login", typed);
    expect(page.status).toBe(403);
    expect(page.html.querySelector("h1")?.text).toBe("Your account has no access");
    expect(page.text).toContain("bob.example");
    expect(browser.calls).toEqual(["release Bearer"]);
    expect(browser.held.size).toBe(0);
    const other = page.html.querySelector("a.primary")?.getAttribute("href") ?? "";
    expect((await browser.get(other)).html.querySelector("h1")?.text).toBe("Log in to Taiga");
  });

  it("does not reveal who is on the list, and reveals nothing after a wrong password", async () => {
    await openFor({ users: ["bob"] });
    expect((await browser.submit("login", typed)).text).not.toContain("bob");
    browser.taiga = async () => ({ ok: false, reason: "wrong_credentials" });
    expect((await browser.submit("login", typed)).text).not.toContain("Your account has no access");
  });
});
