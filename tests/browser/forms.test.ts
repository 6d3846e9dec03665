// The forms on a screen: what is visible without scrolling, where the focus is, what Back does.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSystem, type System } from "../support/system.ts";
import { describeInBrowser, launchChromium, openTab } from "./support/chromium.ts";
import { type ClientApp, createClientApp } from "./support/client-app.ts";
import { consentHeading, logInAs, loginHeading } from "./support/pages.ts";

describeInBrowser("the forms", () => {
  let system: System;
  let browser: Browser;
  let app: ClientApp;
  beforeAll(async () => {
    browser = await launchChromium();
    system = await startSystem();
    app = await createClientApp(system);
  });
  afterAll(async () => {
    await app?.close();
    await browser?.close();
    await system?.stop();
  });

  async function openConsent(options: Parameters<typeof openTab>[1] = {}): Promise<Page> {
    const { page } = await openTab(browser, options);
    await page.goto((await app.startLogin()).url);
    await logInAs(page, "alice");
    await consentHeading(page).waitFor();
    return page;
  }

  const focused = (page: Page) => page.evaluate("document.activeElement.id");
  const height = (page: Page) => page.evaluate("document.documentElement.scrollHeight");

  // @rule LOGIN-14
  it.each([
    [{ width: 1280, height: 800 }, 800],
    [{ width: 390, height: 844 }, 2 * 844],
  ])("consent fits at %j into %i pixels, with the buttons in sight", async (viewport, limit) => {
    const page = await openConsent({ viewport });
    expect(await height(page)).toBeLessThanOrEqual(limit);
    const box = await page.getByRole("button", { name: "Allow access" }).boundingBox();
    expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
  });

  it("login focuses the first field, and after an error the password", async () => {
    const { page } = await openTab(browser);
    await page.goto((await app.startLogin()).url);
    expect(await focused(page)).toBe("username");
    await logInAs(page, "alice", "wrong");
    await page.getByRole("alert").waitFor();
    expect(await focused(page)).toBe("password");
  });

  // @rule LOGIN-13
  it.each([true, false])(
    "an error survives reload and Back without sending the form again (scripts: %s)",
    async (javaScriptEnabled) => {
      const { page } = await openTab(browser, { javaScriptEnabled });
      await page.goto((await app.startLogin()).url);
      await logInAs(page, "alice", "wrong");
      await page.getByRole("alert").waitFor();
      const posts: string[] = [];
      page.on("request", (request) => {
        if (request.method() === "POST") posts.push(request.url());
      });
      await page.reload();
      await page.getByRole("alert").waitFor();
      await logInAs(page, "alice");
      await consentHeading(page).waitFor();
      await page.goBack();
      expect(posts).toHaveLength(1);
    },
  );

  it("consent says beside the projects that none is chosen", async () => {
    const page = await openConsent();
    await page.getByText("Only projects that I choose").click();
    await page.getByRole("button", { name: "Allow access" }).click();
    const projects = page.getByRole("group", { name: "In which projects?" });
    await projects.getByRole("alert").getByText("at least one project").waitFor();
    expect(await focused(page)).toBe("projects-chosen");
    await page.getByRole("link", { name: "Not you? Use another account" }).click();
    await loginHeading(page).waitFor();
  });
});
