// Accessibility of our pages: on a small screen, in dark mode, without scripts, without a mouse.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSystem, type System } from "../support/system.ts";
import { describeInBrowser, launchChromium, openTab } from "./support/chromium.ts";
import { type ClientApp, createClientApp } from "./support/client-app.ts";
import { findOverflow, findPageFaults } from "./support/page-faults.ts";
import { allow, approveIn, backInTheApp, consentHeading, logInAs } from "./support/pages.ts";

/** The smallest phone in use, and the width that WCAG 1.4.10 requires. */
const WIDTHS = [360, 320];

/** Every page, with the way to reach it from an open login page. */
const PAGES: [name: string, go: (page: Page) => Promise<void>][] = [
  ["the login page", async () => undefined],
  [
    "the login page after a wrong password",
    async (page) => {
      await logInAs(page, "alice", "wrong");
      await page.getByRole("alert").waitFor();
    },
  ],
  [
    "the consent page",
    async (page) => {
      await logInAs(page, "alice");
      await consentHeading(page).waitFor();
    },
  ],
  [
    "the page of a login that has ended",
    async (page) => {
      await page.context().clearCookies();
      await page.reload();
    },
  ],
  [
    "the page of an app that is already connected",
    async (page) => {
      await approveIn(page, "alice");
      await page.goBack();
      await page.getByRole("heading", { name: "You are connected" }).waitFor();
    },
  ],
  [
    "the start page",
    async (page) => {
      await page.goto(new URL("/", page.url()).href);
    },
  ],
  [
    "the page for an unknown address",
    async (page) => {
      await page.goto(new URL("/nothing", page.url()).href);
    },
  ],
];

describeInBrowser("the pages", () => {
  let system: System;
  let browser: Browser;
  let app: ClientApp;
  let longName: ClientApp;
  beforeAll(async () => {
    browser = await launchChromium();
    system = await startSystem();
    app = await createClientApp(system);
    longName = await createClientApp(system, {
      client_name: "Donaudampfschifffahrtsgesellschaft".repeat(5),
      redirect_uris: [`https://${"a-very-long-name.".repeat(12)}example.com/callback`],
    });
  });
  afterAll(async () => {
    await app?.close();
    await longName?.close();
    await browser?.close();
    await system?.stop();
  });

  describe.each(PAGES)("%s", (_name, go) => {
    // @rule MCP-SECURITY-14
    it.each(["light", "dark"] as const)(
      "has labels, a title, a language, one h1 and enough contrast in the %s",
      async (colorScheme) => {
        const { page, complaints } = await openTab(browser, { colorScheme });
        await page.goto((await app.startLogin()).url);
        await go(page);
        expect(await findPageFaults(page)).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );

    it.each(WIDTHS)("fits into %i pixels", async (width) => {
      const { page } = await openTab(browser, { viewport: { width, height: 640 } });
      await page.goto((await app.startLogin()).url);
      await go(page);
      expect(await findOverflow(page)).toBe(0);
    });
  });

  it("fit into 360 pixels even when a client's name and address are very long", async () => {
    const { page } = await openTab(browser, { viewport: { width: 360, height: 640 } });
    const redirectUri = `https://${"a-very-long-name.".repeat(12)}example.com/callback`;
    await page.goto((await longName.startLogin({ redirectUri })).url);
    expect(await findOverflow(page)).toBe(0);
    await logInAs(page, "alice");
    await consentHeading(page).waitFor();
    expect(await findOverflow(page)).toBe(0);
    expect(await page.getByRole("main").innerText()).toContain("example.com");
  });

  it("follow the dark mode of the system", async () => {
    const grounds: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await openTab(browser, { colorScheme });
      await page.goto((await app.startLogin()).url);
      grounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    }
    expect(grounds).toEqual(["rgb(243, 245, 243)", "rgb(14, 20, 19)"]);
  });

  // @rule MCP-SECURITY-14
  it("work without scripts", async () => {
    const { page } = await openTab(browser, { javaScriptEnabled: false });
    const login = await app.startLogin();
    await page.goto(login.url);
    await approveIn(page, "alice");
    expect((await login.finish()).active).toBe(true);
  });

  // @rule MCP-SECURITY-14
  it("work without a mouse, in reading order", async () => {
    const { page } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    expect(await tabThrough(page, 3)).toEqual(["password", "Log in and continue", "Cancel"]);
    await page.getByLabel("User name or e-mail").focus();
    await page.keyboard.type("bob");
    await page.keyboard.press("Tab");
    await page.keyboard.type("bob-password");
    await page.keyboard.press("Enter");

    await consentHeading(page).waitFor();
    expect(await tabThrough(page, 6)).toEqual([
      "Not you? Use another account",
      "access",
      "More access",
      "projects",
      "Allow access",
      "Cancel",
    ]);
    await page.getByLabel("Read and write").focus();
    await page.keyboard.press("ArrowUp");
    await tabThrough(page, 3);
    await page.keyboard.press("Enter");
    await backInTheApp(page);
    expect(await login.finish()).toMatchObject({ access: "read" });
  });

  it("show the keyboard focus", async () => {
    const { page } = await openTab(browser);
    await page.goto((await app.startLogin()).url);
    for (let presses = 0; presses < 3; presses += 1) {
      await page.keyboard.press("Tab");
      const outline = await page.locator(":focus").evaluate((element) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle === "none" ? 0 : Number.parseFloat(outlineWidth);
      });
      expect(outline).toBeGreaterThanOrEqual(2);
    }
  });

  it("submit the login, not Cancel, on Enter in the password field", async () => {
    const { page } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    await page.getByLabel("User name or e-mail").fill("alice");
    await page.getByLabel("Password").fill("alice-password");
    await page.getByLabel("Password").press("Enter");
    await consentHeading(page).waitFor();
    await allow(page);
    await backInTheApp(page);
    expect(login.answers()[0]?.has("code")).toBe(true);
  });
});

/** Names of the elements that the Tab key reaches, from the top of the page. */
async function tabThrough(page: Page, presses: number): Promise<string[]> {
  const names: string[] = [];
  for (let press = 0; press < presses; press += 1) {
    await page.keyboard.press("Tab");
    names.push(
      await page
        .locator(":focus")
        .evaluate((element) => element.getAttribute("name") ?? (element.textContent ?? "").trim()),
    );
  }
  return names;
}
