import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { atConsent, type Browser, openBrowser, PATH, UID } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser();
});
afterEach(() => browser.close());

describe("a consent without its login", () => {
  it("says that too much time has passed", async () => {
    atConsent(browser);
    browser.held.clear();
    expect((await browser.get(PATH)).status).toBe(400);
    expect((await browser.submit("consent", { access: "read" })).status).toBe(400);
    expect(browser.calls).not.toContain("createGrant");
  });

  // @rule MCP-SECURITY-11
  it("never pairs one user's account with another user's credential", async () => {
    atConsent(browser);
    browser.interaction.accountId = "taiga.6";
    const page = await browser.submit("consent", { access: "read" });
    expect(page.status).toBe(400);
    expect(browser.calls).toEqual([`discard ${UID}`]);
  });

  // @rule MCP-SECURITY-11
  it("issues no code and leaves no grant when another grant has just taken the credential", async () => {
    atConsent(browser);
    browser.isRobbed = true;
    expect((await browser.submit("consent", { access: "read" })).status).toBe(400);
    expect(browser.calls).toEqual(["createGrant", `keep ${UID} grant`, "discardGrant grant"]);
  });
});

// @rule MCP-SECURITY-11
it("a consent form of another account allows nothing, and says so", async () => {
  atConsent(browser);
  const proof = browser.consentProof();
  browser.interaction.accountId = "taiga.6";
  const page = await browser.submit("consent", { access: "read", ...proof });
  expect([page.status, page.html.querySelector("h1")?.text]).toEqual([
    409,
    "Another account is logged in now",
  ]);
  expect(page.html.querySelector("a.primary")?.getAttribute("href")).toBe(PATH);
  expect(browser.calls).toEqual([]);
});

describe("a consent that is sent twice", () => {
  // @rule MCP-SECURITY-13
  it("repeats the first redirect, because browsers drop it for the second click", async () => {
    atConsent(browser);
    await browser.submit("consent", { access: "read" });
    const second = await browser.submit("consent", { access: "delete" });
    expect([second.status, second.headers.get("Location")]).toEqual([303, "/resume"]);
    expect(browser.calls.slice(3)).toEqual(["resume"]);
    expect(browser.grants).toEqual([{ access: "read", projects: "all" }]);
  });

  it("waits for the first answer when both are under way", async () => {
    atConsent(browser);
    const answers = await Promise.all([
      browser.submit("consent", { access: "read" }),
      browser.submit("consent", { access: "read" }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(browser.calls.filter((call) => call.startsWith("finishConsent"))).toHaveLength(1);
  });

  it("also continues when the user returns to the page after its response was lost", async () => {
    atConsent(browser);
    await browser.submit("consent", { access: "read" });
    const page = await browser.get(PATH);
    expect([page.status, page.headers.get("Location")]).toEqual([303, "/resume"]);
  });
});
