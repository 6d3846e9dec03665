import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ada, toAccount } from "../support/ada.ts";
import { atConsent, type Browser, openBrowser, PATH, typed, UID } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser();
});
afterEach(() => browser.close());

describe("login and consent", () => {
  it("log the user in, and hold the credential before the engine continues", async () => {
    const page = await browser.submit("login", typed);
    expect([page.status, page.headers.get("Location")]).toEqual([303, "/resume"]);
    expect(browser.calls).toEqual([`hold ${UID}`, "finishLogin taiga.5"]);
    expect(browser.logins).toEqual([typed]);
  });

  // @rule MCP-SECURITY-11
  it("grant what was chosen, and move the credential before any code is issued", async () => {
    atConsent(browser);
    const page = await browser.submit("consent", { access: "read" });
    expect(page.status).toBe(303);
    expect(browser.calls).toEqual(["createGrant", `keep ${UID} grant`, "finishConsent grant"]);
    expect(browser.grants).toEqual([{ access: "read", projects: "all" }]);
  });

  // @rule MCP-SECURITY-4
  it.each(["login", "consent"] as const)(
    "can be cancelled at the %s step, which discards the login",
    async (step) => {
      atConsent(browser);
      browser.interaction.step = step;
      expect((await browser.submit("cancel", {})).status).toBe(303);
      expect(browser.calls).toEqual([`discard ${UID}`, "deny"]);
    },
  );

  it("work with the tokens and fields of the real pages", async () => {
    const login = await browser.get(PATH);
    const field = (name: string) =>
      login.html.querySelector(`[name=${name}]`)?.getAttribute("value");
    const body = new URLSearchParams({ csrf: field("csrf") ?? "", ...typed }).toString();
    const action = login.html.querySelector("form")?.getAttribute("action") ?? "";
    expect((await browser.post(action, body)).status).toBe(303);
    expect((await browser.get(PATH)).html.querySelector("h1")?.text).toContain("Allow access");
  });

  it("let the user log in with another account until they have consented", async () => {
    atConsent(browser);
    const consent = await browser.get(PATH);
    const other = consent.html.querySelector("a.other")?.getAttribute("href") ?? "";
    expect((await browser.get(other)).html.querySelector("h1")?.text).toBe("Log in to Taiga");
    const bob = { id: 6, username: "bob", fullName: "Bob" };
    browser.taiga = async () => ({
      ok: true,
      account: toAccount(bob),
      credential: ada.credential,
    });
    expect((await browser.submit("login", typed)).status).toBe(303);
    expect(browser.calls).toEqual([`hold ${UID}`, "finishLogin taiga.6"]);
    expect(browser.held.get(UID)?.user).toEqual(bob);
  });
});

describe("the content of the pages", () => {
  // @rule MCP-SECURITY-3
  it("is never cached", async () => {
    const pages = [
      await browser.get(PATH),
      await browser.get("/interaction/unknown"),
      await browser.submit("login", {}),
      await browser.submit("login", typed, { Origin: "https://evil.example" }),
    ];
    for (const page of pages) expect(page.headers.get("Cache-Control")).toBe("no-store");
  });

  // @rule MCP-SECURITY-1
  it("names client, redirect host and Taiga at the login", async () => {
    const { text } = await browser.get(PATH);
    for (const fact of ["Claude Code", "127.0.0.1:43117", "taiga.example.com", "not verified"]) {
      expect(text).toContain(fact);
    }
  });

  // @rule MCP-SECURITY-2
  it("shows a hostile client name as text, on both pages", async () => {
    browser.interaction.client.name = `<script>alert(1)</script>\u202E" onload=x`;
    const login = await browser.get(PATH);
    atConsent(browser);
    const consent = await browser.get(PATH);
    for (const { html, text } of [login, consent]) {
      expect(html.querySelectorAll("script").every((script) => script.text === "")).toBe(true);
      expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=x");
      expect(text).not.toContain("\u202E");
    }
  });

  it("names the account on the consent page", async () => {
    atConsent(browser);
    const { html } = await browser.get(PATH);
    expect(html.querySelector(".account")?.structuredText).toContain("Ada Lovelace");
    expect(html.querySelector(".account")?.structuredText).toContain("ada on taiga.example.com");
  });

  // @rule MCP-SECURITY-5
  it.each([
    ["admin", "admin", ["read", "write", "delete"], "write"],
    ["read", "admin", ["read"], "read"],
    ["admin", "read", ["read"], "read"],
  ] as const)(
    "offers for the requested %s under the limit %s only levels within both, and preselects at most write",
    async (requestedAccess, accessLimit, offered, selected) => {
      await browser.close();
      browser = await openBrowser({ accessLimit });
      browser.interaction.requestedAccess = requestedAccess;
      atConsent(browser);
      const { html } = await browser.get(PATH);
      const radios = html.querySelectorAll("[name=access]");
      expect(radios.map((radio) => radio.getAttribute("value"))).toEqual(offered);
      const checked = radios.filter((radio) => radio.hasAttribute("checked"));
      expect(checked.map((radio) => radio.getAttribute("value"))).toEqual([selected]);
    },
  );
});

describe("public pages", () => {
  it("explain at / what this service is and how to connect", async () => {
    const page = await browser.get("/");
    expect(page.status).toBe(200);
    expect(page.text).toContain("https://mcp.example.com/mcp");
  });

  it("serve the style sheet and the icon of the pages, cacheable forever", async () => {
    const { html } = await browser.get("/");
    for (const link of html.querySelectorAll("link")) {
      const asset = await browser.get(link.getAttribute("href") ?? "");
      expect(asset.status).toBe(200);
      expect(asset.headers.get("Cache-Control")).toContain("immutable");
    }
  });

  it("pass every other path on to the next handler", async () => {
    expect((await browser.get("/assets/other.css")).status).toBe(404);
    expect((await browser.get("/authorize")).text).toContain("Cannot GET");
  });
});
