// A user with a real browser: from the client's link through login and consent back to the client.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSystem, type System } from "../support/system.ts";
import { describeInBrowser, launchChromium, openTab } from "./support/chromium.ts";
import { type ClientApp, createClientApp } from "./support/client-app.ts";
import {
  allow,
  approveIn,
  backInTheApp,
  consentHeading,
  logInAs,
  loginHeading,
} from "./support/pages.ts";

describeInBrowser("a login", () => {
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

  // @rule RFC9700-4.16-1
  it("leads through login and consent to the program on this machine, and blocks nothing", async () => {
    const { page, complaints } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    await approveIn(page, "alice");
    expect(page.url().startsWith(app.callback)).toBe(true);
    expect(complaints).toEqual([]);
    expect(await login.finish()).toMatchObject({ active: true, aud: system.mcpUrl });
  });

  // @rule MCP-SECURITY-1
  it("names the app, its redirect target, and the service whose password is required", async () => {
    const { page } = await openTab(browser);
    await page.goto((await app.startLogin()).url);
    const text = await page.getByRole("main").innerText();
    expect(text).toContain("Browser test");
    expect(text).toContain(new URL(app.callback).host);
    expect(text).toContain(new URL(system.taigaApiUrl).host);
    expect(text).toContain("not verified");
  });

  it("keeps the user name and clears the password after a failed login", async () => {
    const { page, complaints } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    await logInAs(page, "alice", "wrong");
    await page.getByRole("alert").getByText("User name or password is wrong").waitFor();
    expect(await page.getByLabel("User name or e-mail").inputValue()).toBe("alice");
    expect(await page.getByLabel("Password").inputValue()).toBe("");
    expect(await page.getByLabel("Password").evaluate((field) => field.matches(":focus"))).toBe(
      true,
    );
    expect(await page.content()).not.toContain('wrong"');

    await page.getByLabel("Password").fill("alice-password");
    await page.keyboard.press("Enter");
    await consentHeading(page).waitFor();
    await allow(page);
    await backInTheApp(page);
    expect((await login.finish()).active).toBe(true);
    expect(complaints).toEqual([]);
  });

  // @rule MCP-SECURITY-5
  it.each([
    ["Read only", "taiga:read", "read"],
    ["Read and write", "taiga:read taiga:write", "write"],
    ["Read, write and delete", "taiga:read taiga:write taiga:delete", "delete"],
  ])("gives the token the chosen access: %s", async (choice, scope, access) => {
    const { page } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    await logInAs(page, "alice");
    await consentHeading(page).waitFor();
    await allow(page, choice);
    await backInTheApp(page);
    expect(await login.finish()).toMatchObject({ scope, access });
  });

  it("offers no more access than the client requested", async () => {
    const { page } = await openTab(browser);
    await page.goto((await app.startLogin({ scope: "taiga:read" })).url);
    await logInAs(page, "alice");
    await consentHeading(page).waitFor();
    const levels = page.getByRole("group", { name: "What may it do?" }).getByRole("radio");
    expect(await levels.count()).toBe(1);
    expect(await page.getByLabel("Read only").isChecked()).toBe(true);
  });

  // @rule MCP-SECURITY-4
  it.each(["before logging in", "after logging in"])(
    "that is cancelled %s tells the client so, and sends no typed text",
    async (moment) => {
      const { page, complaints } = await openTab(browser);
      const login = await app.startLogin();
      await page.goto(login.url);
      if (moment === "after logging in") {
        await logInAs(page, "alice");
        await consentHeading(page).waitFor();
      } else {
        await page.getByLabel("Password").fill("half-typed");
      }
      const [request] = await Promise.all([
        page.waitForRequest((sent) => sent.url().endsWith("/cancel")),
        page.getByRole("button", { name: "Cancel" }).click(),
      ]);
      await backInTheApp(page);
      expect(request.postData()).not.toContain("half-typed");
      expect(login.answers()[0]?.get("error")).toBe("access_denied");
      expect(login.answers()[0]?.get("iss")).toBe(system.issuer);
      expect(login.answers()[0]?.has("code")).toBe(false);
      expect(complaints).toEqual([]);
    },
  );

  it("can be switched to another account before consent, and then belongs to that account", async () => {
    const { page } = await openTab(browser);
    const login = await app.startLogin();
    await page.goto(login.url);
    await logInAs(page, "alice");
    await consentHeading(page).waitFor();
    await page.getByRole("link", { name: "Not you? Use another account" }).click();
    await loginHeading(page).waitFor();
    await approveIn(page, "bob");
    const bob = await login.finish();

    const second = await app.startLogin();
    await page.goto(second.url);
    await approveIn(page, "alice");
    expect((await second.finish()).sub).not.toBe(bob.sub);
  });

  // @rule MCP-SECURITY-9
  it("asks for the password every time, also in the same browser", async () => {
    const { page } = await openTab(browser);
    await page.goto((await app.startLogin()).url);
    await approveIn(page, "alice");
    await page.goto((await app.startLogin()).url);
    await loginHeading(page).waitFor();
    expect(await page.getByLabel("Password").inputValue()).toBe("");
  });

  // @rule RFC9700-4.16-1
  it("redirects to an app's custom scheme without a content security policy violation", async () => {
    const redirectUri = "cursor://anysphere.cursor-mcp/oauth/callback";
    const cursor = await createClientApp(system, { redirect_uris: [redirectUri] });
    try {
      const { page, complaints } = await openTab(browser);
      await page.goto((await cursor.startLogin({ redirectUri })).url);
      await logInAs(page, "alice");
      await consentHeading(page).waitFor();
      const [leaving] = await Promise.all([
        page.waitForResponse(
          (response) => response.headers()["location"]?.startsWith("cursor:") === true,
        ),
        allow(page),
      ]);
      expect(leaving.headers()["location"]).toContain("code=");
      expect(complaints.filter((text) => /Content.Security.Policy/i.test(text))).toEqual([]);
    } finally {
      await cursor.close();
    }
  });
});
