// FastMCP GHSA-c2jp-c369-7pvx and GHSA-rww4-4w9c-7733 (CVE-2026-27124), confused deputy: a proxy
// redirected browsers to an upstream login without asking for consent again, and accepted the answer
// from any browser, so an attacker's client received a victim's login.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Browser, openBrowser, PATH, UID } from "../pages/browser.ts";

const CODE = "0f8fad5b-d9cb-469f-a165-70867728950e";
const CALLBACK = `/taiga/callback?auth_code=${CODE}`;

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser({ offers: "application" });
});
afterEach(() => browser.close());

const expectNothing = (page: { status: number; headers: Headers }, status = 400): void => {
  expect([page.status, page.headers.get("Location")]).toEqual([status, null]);
  expect(browser.redeemed).toEqual([]);
  expect(browser.calls).toEqual([]);
};

describe("GHSA-c2jp-c369-7pvx: consent comes before the upstream login", () => {
  // @rule LOGIN-8 GHSA-c2jp-c369-7pvx
  it("redirects to Taiga only after the user has seen the client's name and pressed a button", async () => {
    for (const path of [PATH, `${PATH}/taiga`, `${PATH}?account=other`]) {
      const { headers } = await browser.get(path);
      expect(headers.get("Location")).toBeNull();
      expect(headers.getSetCookie()).toEqual([]);
    }
  });

  // @rule LOGIN-8
  it("accepts that button press only from its own page", async () => {
    expectNothing(await browser.submit("taiga", {}, { Origin: "https://evil.example" }), 403);
    expectNothing(await browser.submit("taiga", { csrf: "forged" }), 403);
    const login = browser.csrf.issue(UID, "login");
    expectNothing(await browser.submit("taiga", { csrf: login }), 403);
  });

  // @rule LOGIN-8 GHSA-c2jp-c369-7pvx
  it("still asks for the access level afterwards, also when Taiga did not ask for consent", async () => {
    await browser.submit("taiga", {});
    await browser.get(CALLBACK);
    await browser.get(`${PATH}/taiga`);
    expect(browser.grants).toEqual([]);
    expect((await browser.get(PATH)).html.querySelector("h1")?.text).toContain("Allow access");
  });
});

describe("GHSA-rww4-4w9c-7733: the answer belongs to the browser that asked", () => {
  // @rule LOGIN-9 GHSA-rww4-4w9c-7733
  it("refuses a return in a browser that did not start the trip, as when a victim follows a link", async () => {
    await browser.submit("taiga", {});
    browser.cookies.clear();
    expectNothing(await browser.get(CALLBACK));
  });

  it("refuses a made-up ticket", async () => {
    browser.cookies.set("__Host-taiga-mcp-application", "A".repeat(43));
    expectNothing(await browser.get(CALLBACK));
  });

  it("redeems nothing at the callback itself, and continues only in the browser with the interaction's cookie", async () => {
    await browser.submit("taiga", {});
    expect((await browser.get(CALLBACK)).headers.get("Location")).toBe(`${PATH}/taiga`);
    expect(browser.redeemed).toEqual([]);
    browser.hasCookie = false;
    expectNothing(await browser.get(`${PATH}/taiga`));
  });

  it("redeems the code of one interaction for no other interaction of the same browser", async () => {
    await browser.submit("taiga", {});
    await browser.get(CALLBACK);
    browser.interaction.uid = "another";
    expectNothing(await browser.get("/interaction/another/taiga"));
  });

  // @rule LOGIN-9
  it("works once: a repeated step changes nothing, and takes no other code", async () => {
    await browser.submit("taiga", {});
    const cookies = [...browser.cookies];
    await browser.get(CALLBACK);
    const other = "/taiga/callback?auth_code=11111111-d9cb-469f-a165-70867728950e";
    expect((await browser.get(other)).status).toBe(400);
    expect((await browser.get(`${PATH}/taiga`)).status).toBe(303);
    for (const path of [other, CALLBACK, `${PATH}/taiga`]) {
      browser.cookies = new Map(cookies);
      await browser.get(path);
    }
    expect(browser.redeemed).toHaveLength(1);
    expect(browser.calls.filter((call) => call.startsWith("finishLogin"))).toHaveLength(1);
  });

  // @rule GHSA-rww4-4w9c-7733
  it("is redeemed once, also when the last step is requested many times at once", async () => {
    await browser.submit("taiga", {});
    await browser.get(CALLBACK);
    await Promise.all(Array.from({ length: 8 }, () => browser.get(`${PATH}/taiga`)));
    expect(browser.redeemed).toHaveLength(1);
  });
});
