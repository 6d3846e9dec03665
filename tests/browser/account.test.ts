// The page on which people see, limit and disconnect their apps.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSession } from "../support/mcp-session.ts";
import { startSystem, type System } from "../support/system.ts";
import { describeInBrowser, launchChromium, openTab } from "./support/chromium.ts";
import { findOverflow, findPageFaults } from "./support/page-faults.ts";
import { logInAs } from "./support/pages.ts";

const WIDTHS = [1280, 360, 320];

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

describeInBrowser("the account page", () => {
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

  const connect = (username: string, access = "write") =>
    openSession(system.mcpUrl, { username, access }, { sdk: 2 });

  async function openAccount(page: Page, username: string): Promise<void> {
    await page.goto(`${system.issuer}/account`);
    await logInAs(page, username);
    await page.getByText("These apps can work in Taiga as").waitFor();
  }

  /** So that the next test finds one connection. */
  async function disconnectAll(page: Page): Promise<void> {
    await page.goto(`${system.issuer}/account`);
    await page.getByRole("button", { name: /^Disconnect/ }).click();
    await page.getByText("No app is connected").waitFor();
  }

  it.each(["light", "dark"] as const)(
    "is accessible and fits every window in the %s, on each of its pages",
    async (colorScheme) => {
      const session = await connect("alice");
      const { page, complaints } = await openTab(browser, { colorScheme });
      const check = async () => {
        expect(await findPageFaults(page)).toEqual([]);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 800 });
          expect(await findOverflow(page)).toBe(0);
        }
      };
      await page.goto(`${system.issuer}/account`);
      await check();
      await logInAs(page, "alice", "wrong");
      await page.getByRole("alert").waitFor();
      await check();
      await openAccount(page, "alice");
      await check();
      await page.getByRole("link", { name: "Limit" }).first().click();
      await heading(page, "Limit End-to-end client").waitFor();
      await check();
      expect(complaints).toEqual([]);
      await session.close();
    },
  );

  // @rule ACC-3
  it("disconnects an app without scripts and without a mouse, so that its next call fails", async () => {
    const session = await connect("bob");
    expect(await session.listTools()).toContain("find_items");
    const { page } = await openTab(browser, { javaScriptEnabled: false });
    await openAccount(page, "bob");
    await page
      .getByRole("button", { name: /^Disconnect/ })
      .first()
      .focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").waitFor();
    expect(await page.getByRole("status").innerText()).toContain(
      "End-to-end client is disconnected",
    );
    await page.getByText("No app is connected").waitFor();
    const logins = session.logins();
    await session.listTools();
    expect(session.logins()).toBe(logins + 1);
    await disconnectAll(page);
    await session.close();
  });

  // @rule ACC-5
  // @rule ACC-6
  it("limits an app that stays connected: its next call is refused, and it lists fewer tools", async () => {
    const session = await connect("bob");
    expect(await session.listTools()).toContain("create_items");
    const set = { items: [{ ref: "#1" }], set: { subject: "A new subject" } };
    await session.call("update_items", { project: "apollo", ...set });
    const { page } = await openTab(browser);
    await openAccount(page, "bob");
    await expect
      .poll(async () => {
        await page.reload();
        return await page.getByRole("main").innerText();
      })
      .toMatch(/End-to-end client ran update_items on apollo #1/);
    await page.getByRole("link", { name: "Limit" }).first().click();
    await page.getByText("Read only", { exact: true }).last().click();
    await page.getByText("Only projects that I choose").click();
    await page.locator(".project label").first().click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").waitFor();
    const logins = session.logins();
    expect(await session.listTools()).not.toContain("create_items");
    expect(session.logins()).toBe(logins);
    await disconnectAll(page);
    await session.close();
  });
});
