import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { atConsent, type Browser, openBrowser, PATH } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser({ taigaSite: { name: "the demo Taiga" } });
});
afterEach(() => browser.close());

describe("the pages of an installation on the demo Taiga", () => {
  // @rule START-2
  it.each([
    ["login", PATH],
    ["consent", PATH],
    ["home", "/"],
  ])("name it on the %s page, and link to nothing else", async (step, path) => {
    if (step === "consent") atConsent(browser);
    const { html, text } = await browser.get(path);
    expect(html.querySelector("main")?.text).toContain("the demo Taiga");
    expect(text).not.toContain("sandbox");
    const links = html.querySelectorAll("main a").map((link) => link.getAttribute("href") ?? "");
    expect(links.filter((href) => /^https?:/.test(href))).toEqual([]);
  });

  it("do not send anyone to its pages, which do not exist, to log in again", async () => {
    const { html } = await browser.get("/reconnect");
    expect(html.querySelectorAll("main a")).toEqual([]);
    expect(html.querySelectorAll("main li")).toHaveLength(2);
  });
});
