import { UnavailableError } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WAIT_MS } from "../../../../tests/support/time-limits.ts";
import { LoginThrottledError } from "../../src/login/login-backend.ts";
import { application, toAccount } from "../support/ada.ts";
import { type Browser, openBrowser, PATH, UID } from "./browser.ts";

const CODE = "0f8fad5b-d9cb-469f-a165-70867728950e";

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser({ offers: "application" });
});
afterEach(() => browser.close());

/** @returns the state that was sent to Taiga. */
async function depart(): Promise<string> {
  const { status, headers } = await browser.submit("taiga", {});
  const location = new URL(headers.get("Location") ?? "");
  expect([status, location.origin]).toEqual([303, "https://taiga.example.com"]);
  return location.searchParams.get("state") ?? "";
}
const comeBack = (code = CODE) => browser.get(`/taiga/callback?auth_code=${code}`);

describe("a login on Taiga's pages", () => {
  it("goes to Taiga, back, and on to the consent page", async () => {
    const state = await depart();
    const back = await comeBack();
    expect([back.status, back.headers.get("Location")]).toEqual([303, `${PATH}/taiga`]);
    expect((await browser.get(`${PATH}/taiga`)).headers.get("Location")).toBe("/resume");
    expect(browser.redeemed).toEqual([{ authCode: CODE, state }]);
    expect(browser.held.get(UID)?.credential).toEqual({ ...application, state });
    expect(browser.calls).toEqual([`hold ${UID}`, "finishLogin taiga.5"]);
    expect(browser.cookies.size).toBe(0);
  });

  // @rule LOGIN-9
  it("uses a URL-safe state of 256 bits, a new one each time", async () => {
    const states = [await depart(), await depart(), await depart()];
    for (const state of states) expect(state).toMatch(/^[\w-]{43}$/);
    expect(new Set(states).size).toBe(3);
  });

  // @rule RFC9700-4.7-1
  it("remembers the trip in a cookie that scripts and other hosts cannot touch", async () => {
    const overHttps = (await browser.submit("taiga", {})).headers.getSetCookie()[0];
    expect(overHttps).toMatch(/^__Host-taiga-mcp-application=[\w-]{43};/);
    for (const attribute of ["Max-Age=600", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"]) {
      expect(overHttps).toContain(attribute);
    }
    expect(overHttps).not.toContain("Domain");
    await browser.close();
    const issuer = "http://localhost:3001";
    browser = await openBrowser({ offers: "application", issuer });
    const own = { Origin: issuer, "Sec-Fetch-Site": "same-origin" };
    const overHttp = (await browser.submit("taiga", {}, own)).headers.getSetCookie()[0];
    expect(overHttp).toMatch(/^taiga-mcp-application=/);
    expect(overHttp).not.toContain("Secure");
  });

  // @rule LOGIN-10
  it("keeps code and state out of caches", async () => {
    const departure = await browser.submit("taiga", {});
    const arrival = await comeBack();
    const end = await browser.get(`${PATH}/taiga`);
    const again = await browser.get(`${PATH}/taiga`);
    for (const { headers } of [departure, arrival, again]) {
      expect(headers.get("Cache-Control")).toBe("no-store");
    }
    expect(end.text).not.toContain(CODE);
    expect(arrival.headers.get("Location")).not.toContain(CODE);
  });

  it("lets the user log in with another account at the consent step", async () => {
    browser.interaction.step = "consent";
    browser.interaction.accountId = "taiga.6";
    await depart();
    await comeBack();
    expect((await browser.get(`${PATH}/taiga`)).status).toBe(303);
  });
});

describe("the page", () => {
  it("shows which app is asking, and asks for no password", async () => {
    const { html, text } = await browser.get(PATH);
    expect(text).toContain("Claude Code");
    expect(text).toContain("127.0.0.1:43117");
    expect(html.querySelector("input[type=password]")).toBeNull();
    expect(html.querySelector("button.primary")?.text).toBe("Continue to Taiga");
    expect((await browser.submit("login", { username: "a", password: "b" })).status).toBe(409);
    expect(browser.logins).toEqual([]);
  });

  it("offers both login methods when both are set up", async () => {
    await browser.close();
    browser = await openBrowser({ offers: "both" });
    const { html } = await browser.get(PATH);
    expect(html.querySelector("input[type=password]")).not.toBeNull();
    expect(html.querySelector(`form[action="${PATH}/taiga"] button`)?.text).toContain("Taiga");
    await depart();
  });

  it("is missing when only passwords are offered", async () => {
    await browser.close();
    browser = await openBrowser();
    expect((await browser.submit("taiga", {})).status).toBe(404);
    expect((await comeBack()).status).toBe(404);
  });
});

describe("a second request of the same login, after a second click,", () => {
  const finish = () => browser.get(`${PATH}/taiga`);

  it("leads on from Taiga, too", async () => {
    await depart();
    await comeBack();
    expect((await comeBack()).headers.get("Location")).toBe(`${PATH}/taiga`);
    expect((await finish()).headers.get("Location")).toBe("/resume");
    expect(browser.redeemed).toHaveLength(1);
  });

  it("waits for the first one and leads where that leads", async () => {
    await depart();
    await comeBack();
    const ticket = [...browser.cookies];
    let answerFirst = (): void => undefined;
    const { redeem } = browser;
    browser.redeem = async (...args) => {
      await new Promise<void>((resolve) => (answerFirst = resolve));
      return redeem(...args);
    };
    const first = finish();
    await vi.waitFor(() => expect(browser.redeemed).toHaveLength(1), WAIT_MS);
    const second = finish();
    answerFirst();
    expect((await first).headers.get("Location")).toBe("/resume");
    browser.cookies = new Map(ticket);
    expect((await second).path).toBe(PATH);
    expect(browser.calls).toEqual([`hold ${UID}`, "finishLogin taiga.5"]);
  });

  it("shows why the login has failed", async () => {
    await depart();
    await comeBack();
    const ticket = [...browser.cookies];
    browser.redeem = async () => ({ ok: false, reason: "wrong_code" });
    await finish();
    browser.cookies = new Map(ticket);
    const page = await finish();
    expect(page.html.querySelector("[role=alert]")?.text).toContain("did not confirm");
    expect(browser.redeemed).toHaveLength(1);
  });
});

describe("the login fails for", () => {
  const expectRefused = (page: { status: number; headers: Headers }) => {
    expect([page.status, page.headers.get("Location")]).toEqual([400, null]);
    expect(browser.calls).toEqual([]);
  };

  it.each(["", "?auth_code=", "?auth_code=None", "?auth_code=a&auth_code=b", "?auth_code=%3Cb%3E"])(
    "a return with %j as the code",
    async (query) => {
      await depart();
      expectRefused(await browser.get(`/taiga/callback${query}`));
    },
  );

  // @rule LOGIN-9
  it("a return after ten minutes", async () => {
    await depart();
    browser.pass(600);
    expectRefused(await comeBack());
  });

  it("the last step without the previous one", async () => {
    await depart();
    const page = await browser.get(`${PATH}/taiga`);
    expectRefused(page);
    expect(page.html.querySelector("a.primary")?.getAttribute("href")).toBe(PATH);
    expect(browser.redeemed).toEqual([]);
  });

  it("a trip to Taiga that was replaced by another one of the same browser", async () => {
    const first = await depart();
    const second = await depart();
    browser.redeem = async (_code, state) =>
      state === first
        ? { ok: true, account: toAccount(), credential: application }
        : { ok: false, reason: "wrong_code" };
    await comeBack();
    const page = await browser.get(`${PATH}/taiga`);
    expect(page.html.querySelector("[role=alert]")?.text).toContain("did not confirm");
    expect(browser.calls).toEqual([]);
    expect(browser.redeemed.map(({ state }) => state)).toEqual([second]);
  });

  it.each([
    ["wrong_code", "did not confirm"],
    ["user_inactive", "is not active"],
  ] as const)("Taiga's %s, with a page that says so and how to try again", async (reason, text) => {
    browser.redeem = async () => ({ ok: false, reason });
    await depart();
    await comeBack();
    const page = await browser.get(`${PATH}/taiga`);
    expect([page.path, page.status]).toEqual([PATH, 200]);
    expect(browser.calls).toEqual([]);
    expect(page.html.querySelector("[role=alert]")?.text).toContain(text);
    expect(page.html.querySelector(`form[action="${PATH}/taiga"]`)).not.toBeNull();
  });

  it.each([
    [new UnavailableError("Taiga does not answer."), "Try again in a moment"],
    [new LoginThrottledError(42), "Try again in 42 seconds"],
  ])("%s, which does not count as the user's failure", async (error, advice) => {
    browser.redeem = () => Promise.reject(error);
    await depart();
    await comeBack();
    const page = await browser.get(`${PATH}/taiga`);
    expect([page.path, page.status]).toEqual([PATH, 200]);
    expect(page.html.querySelector("[role=alert]")?.text).toContain(advice);
    expect(browser.calls).toEqual([]);
  });

  it("a user who is not allowed here: the token is revoked at Taiga", async () => {
    await browser.close();
    browser = await openBrowser({ offers: "application", allowLists: { users: ["bob"] } });
    await depart();
    await comeBack();
    expect((await browser.get(`${PATH}/taiga`)).status).toBe(403);
    expect(browser.calls).toEqual(["release Application"]);
    expect(browser.held.size).toBe(0);
  });
});
