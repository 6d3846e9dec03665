import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { atConsent, type Browser, openBrowser, PATH, typed, UID } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser();
});
afterEach(() => browser.close());

describe("a click on a page that was already answered", () => {
  const ways = [
    ["the consent form", () => browser.submit("consent", { access: "read" })],
    ["the login form", () => browser.submit("login", typed)],
    ["the page", () => browser.get(PATH)],
  ] as const;
  beforeEach(() => {
    atConsent(browser);
    browser.hasCookie = false;
  });

  it.each(ways)(
    "on %s tells the browser that was sent to its app that the app is connected",
    async (_on, click) => {
      browser.outcome = "connected";
      const page = await click();
      expect([page.status, page.headers.get("Location")]).toEqual([200, null]);
      expect(page.html.querySelector("h1")?.text).toBe("You are connected");
      expect(page.html.querySelectorAll("form")).toEqual([]);
      const links = page.html.querySelectorAll("a.button").map((link) => link.getAttribute("href"));
      expect(links).toEqual(["/account"]);
      expect([browser.calls, browser.logins]).toEqual([[], []]);
    },
  );

  it.each(ways)(
    "on %s says after a cancellation that nothing was connected",
    async (_on, click) => {
      browser.outcome = "declined";
      const page = await click();
      expect(page.status).toBe(200);
      expect(page.html.querySelector("h1")?.text).toBe("Nothing was connected");
    },
  );

  it.each(ways)("on %s says to any other browser that it has expired", async (_on, click) => {
    const page = await click();
    expect(page.status).toBe(400);
    expect(page.html.querySelector("h1")?.text).toBe("This page has expired");
  });

  it.each(ways)(
    "on %s leads the browser to its app as long as the app has no code",
    async (_on, click) => {
      browser.kept = "http://127.0.0.1:43117/cb?code=abc";
      const answer = await click();
      expect([answer.status, answer.headers.get("Location")]).toEqual([303, browser.kept]);
      expect([browser.calls, browser.logins]).toEqual([[], []]);
    },
  );

  it("shows that the app is connected after a step back, and leads there again after a click", async () => {
    browser.kept = "http://127.0.0.1:43117/cb?code=abc";
    browser.outcome = "connected";
    expect((await browser.get(PATH)).html.querySelector("h1")?.text).toBe("You are connected");
    const again = await browser.submit("consent", { access: "read" });
    expect(again.headers.get("Location")).toBe(browser.kept);
  });

  it("says the same to a click that arrives while the first one is being processed", async () => {
    browser.hasCookie = true;
    browser.isOvertaken = true;
    browser.outcome = "connected";
    const page = await browser.submit("cancel", {});
    expect([page.status, page.html.querySelector("h1")?.text]).toEqual([200, "You are connected"]);
  });

  it("leaves no grant when the cancellation was faster", async () => {
    browser.hasCookie = true;
    browser.isOvertaken = true;
    browser.outcome = "declined";
    const page = await browser.submit("consent", { access: "read" });
    expect(page.html.querySelector("h1")?.text).toBe("Nothing was connected");
    expect(browser.calls).toEqual(["createGrant", `keep ${UID} grant`, "discardGrant grant"]);
  });

  it("is still refused from another site", async () => {
    browser.outcome = "connected";
    const Origin = "https://evil.example";
    expect((await browser.submit("consent", { access: "read" }, { Origin })).status).toBe(403);
  });
});
