import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  atConsent,
  type Browser,
  ISSUER,
  openBrowser,
  type Page,
  PATH,
  typed,
  UID,
} from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser();
});
afterEach(() => browser.close());

describe("refusals", () => {
  const forms = [
    ["login", typed],
    ["consent", { access: "read" }],
    ["cancel", {}],
  ] as const;

  beforeEach(() => atConsent(browser));
  /** The effects of a request; a refused request has none besides its page. */
  const outcomeOf = ({ status, headers }: Page) => ({
    status,
    location: headers.get("Location"),
    calls: browser.calls,
    logins: browser.logins,
  });
  const refusal = (status: number) => ({ status, location: null, calls: [], logins: [] });

  it("refuses a browser without the interaction's cookie, with a page that says how to go on", async () => {
    browser.hasCookie = false;
    const page = await browser.get(PATH);
    expect(outcomeOf(page)).toEqual(refusal(400));
    expect(page.text).toContain("connect again");
  });

  // @rule RFC9700-4.7-2
  it.each(forms)("refuses the %s form without the cookie", async (form, fields) => {
    browser.hasCookie = false;
    expect(outcomeOf(await browser.submit(form, fields))).toEqual(refusal(400));
  });

  // @rule MCP-SECURITY-7
  it("refuses an interaction other than the cookie's", async () => {
    expect(outcomeOf(await browser.get("/interaction/other"))).toEqual(refusal(400));
    const body = new URLSearchParams({
      csrf: browser.csrf.issue("other", "consent"),
      access: "read",
    });
    expect(outcomeOf(await browser.post("/interaction/other/consent", body.toString()))).toEqual(
      refusal(400),
    );
  });

  // @rule MCP-SECURITY-7 GHSA-xg6x-h9c9-2m83
  it("refuses a consent before the login", async () => {
    browser.interaction.step = "login";
    const page = await browser.submit("consent", { access: "read" });
    expect(outcomeOf(page)).toEqual(refusal(409));
    expect(page.html.querySelector("a.primary")?.getAttribute("href")).toBe(PATH);
  });

  // @rule RFC9700-4.7-2
  it.each(forms)("refuses the %s form with a foreign or missing token", async (form, fields) => {
    for (const csrf of [
      "",
      "x",
      browser.csrf.issue("other", form, browser.interaction.accountId),
    ]) {
      expect(outcomeOf(await browser.submit(form, { ...fields, csrf }))).toEqual(refusal(403));
    }
    const body = new URLSearchParams(fields).toString();
    expect(outcomeOf(await browser.post(`${PATH}/${form}`, body))).toEqual(refusal(403));
  });

  it("refuses a login token on the consent form", async () => {
    const csrf = browser.csrf.issue(UID, "login");
    expect(outcomeOf(await browser.submit("consent", { access: "read", csrf }))).toEqual(
      refusal(403),
    );
  });

  // @rule RFC9700-4.7-2
  it.each([
    "https://evil.example",
    "null",
    `${ISSUER}.evil.example`,
    "http://login.example.com",
    "",
  ])("refuses the Origin %j", async (Origin) => {
    for (const [form, fields] of forms) {
      expect(outcomeOf(await browser.submit(form, fields, { Origin }))).toEqual(refusal(403));
    }
  });

  // @rule RFC9700-4.7-2
  it("accepts the Origin null only of a request that the browser says is from the same origin", async () => {
    const sent = { access: "read", projects: "all" };
    const hidden = (site: string, fields: Record<string, string> = sent) =>
      browser.submit("consent", fields, { Origin: "null", "Sec-Fetch-Site": site });
    for (const site of ["none", "same-site", "cross-site"]) {
      expect(outcomeOf(await hidden(site))).toEqual(refusal(403));
    }
    expect(outcomeOf(await hidden("same-origin", { ...sent, csrf: "x" }))).toEqual(refusal(403));
    expect((await hidden("same-origin")).status).toBe(303);
  });

  // @rule RFC9700-4.7-2
  it.each(["cross-site", "same-site"])("refuses a %s request", async (site) => {
    for (const [form, fields] of forms) {
      expect(outcomeOf(await browser.submit(form, fields, { "Sec-Fetch-Site": site }))).toEqual(
        refusal(403),
      );
    }
  });

  // @rule MCP-SECURITY-5
  it("refuses an access level above the requested one", async () => {
    browser.interaction.requestedAccess = "write";
    const page = await browser.submit("consent", { access: "admin" });
    expect(outcomeOf(page)).toEqual(refusal(200));
    expect(page.html.querySelector("[role=alert]")?.text).toContain("Choose what");
  });

  it.each(["", "everything", "__proto__"])("refuses the access level %j", async (access) => {
    expect(outcomeOf(await browser.submit("consent", { access }))).toEqual(refusal(200));
  });

  // @rule MCP-SECURITY-3
  it("refuses a body over 16 kB with a page", async () => {
    const page = await browser.submit("login", { ...typed, password: "x".repeat(17_000) });
    expect(outcomeOf(page)).toEqual(refusal(413));
    expect(page.html.querySelector("h1")).not.toBeNull();
  });

  it("refuses a body that is not a form", async () => {
    const page = await browser.post(`${PATH}/login`, JSON.stringify(typed), {
      Origin: ISSUER,
      "Content-Type": "application/json",
    });
    expect(outcomeOf(page)).toEqual(refusal(403));
  });
});
