// Browser behaviour besides following links: back, reload, two tabs, double clicks, expired pages.
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { WAIT_MS } from "../support/time-limits.ts";
import { startSystem, type System } from "../support/system.ts";
import { describeInBrowser, launchChromium, openTab, openTabIn } from "./support/chromium.ts";
import { type ClientApp, createClientApp } from "./support/client-app.ts";
import {
  allow,
  approveIn,
  backInTheApp,
  consentHeading,
  logInAs,
  loginHeading,
} from "./support/pages.ts";

const ended = (page: Page) =>
  page.getByRole("heading", { level: 1, name: /(page|login) has expired/ });

const connected = (page: Page) =>
  page.getByRole("heading", { level: 1, name: "You are connected" });

describeInBrowser("a browser's history", () => {
  let dataDir: string;
  let system: System;
  let browser: Browser;
  let app: ClientApp;
  beforeAll(async () => {
    dataDir = mkdtempSync(path.join(tmpdir(), "taiga-mcp-browser-"));
    browser = await launchChromium();
    system = await startSystem({ DATA_DIR: dataDir });
    app = await createClientApp(system);
  });
  afterAll(async () => {
    await app?.close();
    await browser?.close();
    await system?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  // @rule MCP-SECURITY-13
  it("going back after consent shows that the app is connected, and issues no second code", async () => {
    const { page } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    await approveIn(page, "alice");
    await page.goBack();
    await connected(page).waitFor();
    expect(await page.getByRole("button").count()).toBe(0);
    expect(login.answers()).toHaveLength(1);
    expect((await login.finish()).active).toBe(true);
  });

  it("going back from the consent page to the login and forward again continues the login", async () => {
    const { page } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    await logInAs(page, "alice");
    await consentHeading(page).waitFor();
    await page.goBack();
    await page.goForward();
    await consentHeading(page).waitFor();
    await allow(page);
    await backInTheApp(page);
    expect((await login.finish()).active).toBe(true);
  });

  it("reloading the consent page changes nothing", async () => {
    const { page } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    await logInAs(page, "alice");
    await consentHeading(page).waitFor();
    await page.reload();
    await consentHeading(page).waitFor();
    await allow(page);
    await backInTheApp(page);
    expect((await login.finish()).active).toBe(true);
  });

  it("two tabs at once keep their users apart", async () => {
    const first = await openTab(browser);
    const second = await openTabIn(first.page.context());
    const [forAlice, forBob] = await Promise.all([app.startLogin(), app.startLogin()]);
    await first.page.goto(forAlice.url);
    await second.page.goto(forBob.url);
    await logInAs(first.page, "alice");
    await consentHeading(first.page).waitFor();
    await logInAs(second.page, "bob");
    await consentHeading(second.page).waitFor();
    await first.page.reload();
    expect(await first.page.getByRole("main").innerText()).toContain("alice");
    expect(await second.page.getByRole("main").innerText()).toContain("bob");
    await allow(first.page, "Read only");
    await backInTheApp(first.page);
    await allow(second.page);
    await backInTheApp(second.page);

    const [alice, bob] = [await forAlice.finish(), await forBob.finish()];
    expect(alice).toMatchObject({ active: true, access: "read" });
    expect(bob).toMatchObject({ active: true, access: "write" });
    expect(alice.sub).not.toBe(bob.sub);
  });

  // @rule MCP-SECURITY-8
  it("another browser cannot continue a login by its address", async () => {
    const { page } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    await logInAs(page, "alice");
    await consentHeading(page).waitFor();
    const stranger = await openTab(browser);
    await stranger.page.goto(page.url());
    await ended(stranger.page).waitFor();
    expect(await stranger.page.content()).not.toContain("alice");
  });

  it.each(["the login page", "the consent page"])(
    "%s left open for too long says so, and what to do",
    async (which) => {
      const { page } = await openTab(browser);
      await page.goto((await app.startLogin()).url);
      if (which === "the consent page") {
        await logInAs(page, "alice");
        await consentHeading(page).waitFor();
      }
      endInteractions(dataDir);
      await (which === "the consent page" ? allow(page) : logInAs(page, "alice"));
      await ended(page).waitFor();
      expect(await page.getByRole("main").innerText()).toContain("connect again");

      await page.goto((await app.startLogin()).url);
      await loginHeading(page).waitFor();
    },
  );

  it.each([
    ["Allow access", "consent"],
    ["Log in and continue", "login"],
  ])(
    "a second click on %s, before the first is answered, has the effect of one click",
    async (name, form) => {
      const { page } = await openTab(browser);
      const login = await app.startLogin();
      await page.goto(login.url);
      if (form === "consent") {
        await logInAs(page, "alice");
        await consentHeading(page).waitFor();
      } else {
        await page.getByLabel("User name or e-mail").fill("alice");
        await page.getByLabel("Password").fill("alice-password");
      }
      await clickAgainBeforeTheAnswer(page, name, form);
      if (form === "login") {
        await consentHeading(page).waitFor();
        await allow(page);
      }
      await backInTheApp(page);
      expect((await login.finish()).active).toBe(true);
    },
  );

  // @rule MCP-SECURITY-13
  it("a second click, while the page stays open beside the app, brings the same code until the app has used it", async () => {
    const redirectUri = "com.example.app:/callback";
    const opened = await createClientApp(system, { redirect_uris: [redirectUri] });
    try {
      const { page } = await openTab(browser);
      const sent: string[] = [];
      page.on("response", async (response) => {
        const to = (await response.headerValue("location")) ?? "";
        if (to.startsWith(redirectUri)) sent.push(to);
      });
      const login = await opened.startLogin({ redirectUri });
      await page.goto(login.url);
      await logInAs(page, "alice");
      for (let clicks = 0; clicks < 2; clicks += 1) {
        await consentHeading(page).waitFor();
        const wasOpened = page.waitForEvent("requestfailed");
        await allow(page);
        await wasOpened;
      }
      await vi.waitFor(() => expect(sent).toHaveLength(2), WAIT_MS);
      expect(new Set(sent).size).toBe(1);
      const answer = new URL(sent[0] ?? "").searchParams;
      expect((await login.finish(answer)).active).toBe(true);
      await consentHeading(page).waitFor();
      await allow(page);
      await connected(page).waitFor();
      expect(sent).toHaveLength(2);
    } finally {
      await opened.close();
    }
  });

  // @rule MCP-SECURITY-13
  it("a consent whose response was lost continues when the user comes back", async () => {
    const { page } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    await logInAs(page, "alice");
    await consentHeading(page).waitFor();
    await page.route("**/consent", async (route) => {
      await route.fetch({ maxRedirects: 0 });
      await route.abort();
    });
    const address = page.url();
    await allow(page);
    await page.waitForURL(/^chrome-error:/);
    await page.goto(address);
    await backInTheApp(page);
    expect((await login.finish()).active).toBe(true);
  });
});

/** The server has handled the first click, but the browser waits for the answer to the second. */
async function clickAgainBeforeTheAnswer(page: Page, name: string, form: string): Promise<void> {
  const button = page.getByRole("button", { name });
  await button.scrollIntoViewIfNeeded();
  const box = await button.boundingBox();
  if (box === null) throw new Error(`there is no button ${name}`);
  // Not Playwright's click, which waits for the navigation.
  const click = () => page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  const isDone = new Promise<void>((resolve) => {
    void page.route(
      `**/${form}`,
      async (route) => {
        await route.fetch({ maxRedirects: 0 });
        resolve();
      },
      { times: 1 },
    );
  });
  await click();
  await isDone;
  await click();
}

/** Expires the records, as after ten minutes. */
function endInteractions(dataDir: string): void {
  const file = new DatabaseSync(path.join(dataDir, "auth-server.sqlite"), { timeout: 20_000 });
  const { changes } = file.prepare("UPDATE entries SET expires_at = 0 WHERE key LIKE 'ix:%'").run();
  file.close();
  expect(changes).toBeGreaterThan(0);
}
