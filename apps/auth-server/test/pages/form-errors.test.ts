import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { atConsent, type Browser, openBrowser, PATH, typed } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser();
  browser.taiga = async () => ({ ok: false, reason: "wrong_credentials" });
});
afterEach(() => browser.close());

const alertOf = async (path = PATH): Promise<string | undefined> =>
  (await browser.get(path)).html.querySelector("[role=alert]")?.text.trim();

describe("the errors of a form", () => {
  // @rule LOGIN-13
  it("come back by a redirect to the page, which shows them again on reload", async () => {
    const page = await browser.submit("login", typed);
    expect([page.path, page.status]).toEqual([PATH, 200]);
    expect(await alertOf()).toContain("wrong");
    expect(await alertOf()).toContain("wrong");
    expect(browser.logins).toHaveLength(1);
  });

  it("end with the next good form", async () => {
    await browser.submit("login", typed);
    browser.taiga = (await openBrowser()).taiga;
    expect((await browser.submit("login", typed)).status).toBe(303);
    expect(await alertOf(`${PATH}?account=other`)).toBeUndefined();
  });

  it("are not shown on a page of another form", async () => {
    await browser.submit("login", typed);
    atConsent(browser);
    expect(await alertOf()).toBeUndefined();
  });

  it("stay on the login page of a user who changes the account", async () => {
    atConsent(browser);
    const page = await browser.submit("login", typed);
    expect(page.path).toBe(`${PATH}?account=other`);
    expect(page.html.querySelector("[role=alert]")?.text).toContain("wrong");
  });

  // @rule LOGIN-17
  it("warn before the last try", async () => {
    const texts: (string | undefined)[] = [];
    for (let count = 0; count < 5; count += 1) {
      const page = await browser.submit("login", typed);
      texts.push(page.html.querySelector("[role=alert]")?.text);
    }
    expect(texts.map((text) => text?.includes("After one more failure"))).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it("end when they are no longer true", async () => {
    for (let count = 0; count < 6; count += 1) await browser.submit("login", typed);
    expect(await alertOf()).toContain("Try again in 15 minutes");
    browser.pass(601);
    expect(await alertOf()).toBeUndefined();
  });
});
