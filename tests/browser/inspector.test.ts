// The Inspector's page as a user operates it: connect, log in, list the tools, run one.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSystem, type System } from "../support/system.ts";
import { describeInBrowser, launchChromium, openTab } from "./support/chromium.ts";
import { connectInspector, startInspector } from "./support/inspector.ts";
import { allow, consentHeading, logInAs } from "./support/pages.ts";

describeInBrowser("the Inspector's page", () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
    system = await startSystem();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  // @rule MCP-TRANSPORT-3
  it.each([
    ["2025-11-25", []],
    ["2026-07-28", ["--protocol-era", "modern"]],
  ])("connects by %s: login, consent, tools, and a call as the user", async (revision, args) => {
    const inspector = await startInspector(system.mcpUrl, args);
    try {
      const { page } = await openTab(browser, { viewport: { width: 1400, height: 900 } });
      await page.goto(inspector.url);
      await connectInspector(page);
      expect(await page.getByRole("main").innerText()).toContain("MCP Inspector");
      await logInAs(page, "alice");
      await consentHeading(page).waitFor();
      await allow(page);

      await page.getByText("Connected", { exact: true }).waitFor();
      await page.getByText(`MCP ${revision}`).waitFor();
      await page.getByText("Tools", { exact: true }).first().click();
      await page.getByText("get_me").first().click();
      await page.getByRole("button", { name: "Execute Tool" }).click();
      await page
        .getByText(/Alice Moreau/)
        .first()
        .waitFor();
    } finally {
      await inspector.stop();
    }
  });
});
