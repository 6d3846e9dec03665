import { UnavailableError } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LoginThrottledError } from "../../src/login/login-backend.ts";
import {
  ada,
  type Browser,
  type BrowserOptions,
  ISSUER,
  openBrowser,
  type Page,
  toAccount,
  UID,
} from "./browser.ts";

const PATH = `/interaction/${UID}`;
const typed = { username: "ada", password: "correct horse" };

let browser: Browser;

beforeEach(async () => {
  browser = await openBrowser();
});
afterEach(() => browser.close());

const atConsent = (): void => {
  browser.interaction.step = "consent";
  browser.interaction.accountId = "taiga.5";
  browser.held.set(UID, ada);
};

describe("the way through", () => {
  it("logs in, then holds the credential before the engine goes on", async () => {
    const page = await browser.submit("login", typed);
    expect([page.status, page.headers.get("Location")]).toEqual([303, "/resume"]);
    expect(browser.calls).toEqual([`hold ${UID}`, "finishLogin taiga.5"]);
    expect(browser.logins).toEqual([typed]);
  });

  it("grants what was chosen, and moves the credential before any code is issued", async () => {
    atConsent();
    const page = await browser.submit("consent", { access: "read" });
    expect(page.status).toBe(303);
    expect(browser.calls).toEqual(["createGrant", `keep ${UID} grant`, "finishConsent grant"]);
    expect(browser.grants).toEqual([{ access: "read", projects: "all" }]);
  });

  it.each(["login", "consent"] as const)(
    "cancels at the %s step and forgets the login",
    async (step) => {
      atConsent();
      browser.interaction.step = step;
      expect((await browser.submit("cancel", {})).status).toBe(303);
      expect(browser.calls).toEqual([`discard ${UID}`, "deny"]);
    },
  );

  it("works with the tokens and fields of the pages themselves", async () => {
    const login = await browser.get(PATH);
    const field = (name: string) =>
      login.html.querySelector(`[name=${name}]`)?.getAttribute("value");
    const body = new URLSearchParams({ csrf: field("csrf") ?? "", ...typed }).toString();
    const action = login.html.querySelector("form")?.getAttribute("action") ?? "";
    expect((await browser.post(action, body)).status).toBe(303);
    expect((await browser.get(PATH)).html.querySelector("h1")?.text).toContain("Allow access");
  });

  it("lets a user who is somebody else log in again until they have consented", async () => {
    atConsent();
    const consent = await browser.get(PATH);
    const other = consent.html.querySelector("a.other")?.getAttribute("href") ?? "";
    expect((await browser.get(other)).html.querySelector("h1")?.text).toBe("Log in to Taiga");
    const bob = { id: 6, username: "bob", fullName: "Bob" };
    browser.taiga = async () => ({
      ok: true,
      account: toAccount(bob),
      credential: ada.credential,
    });
    expect((await browser.submit("login", typed)).status).toBe(303);
    expect(browser.calls).toEqual([`hold ${UID}`, "finishLogin taiga.6"]);
    expect(browser.held.get(UID)?.user).toEqual(bob);
  });
});

describe("what each page says", () => {
  it("is never kept by a cache", async () => {
    const pages = [
      await browser.get(PATH),
      await browser.get("/interaction/unknown"),
      await browser.submit("login", {}),
      await browser.submit("login", typed, { Origin: "https://evil.example" }),
    ];
    for (const page of pages) expect(page.headers.get("Cache-Control")).toBe("no-store");
  });

  it("names client, redirect host and Taiga on the login page", async () => {
    const { text } = await browser.get(PATH);
    for (const fact of ["Claude Code", "127.0.0.1:43117", "taiga.example.com", "not verified"]) {
      expect(text).toContain(fact);
    }
  });

  it("shows a hostile client name as text, on both pages", async () => {
    browser.interaction.client.name = `<script>alert(1)</script>\u202E" onload=x`;
    const login = await browser.get(PATH);
    atConsent();
    const consent = await browser.get(PATH);
    for (const { html, text } of [login, consent]) {
      expect(html.querySelector("script")).toBeNull();
      expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=x");
      expect(text).not.toContain("\u202E");
    }
  });

  it("names the account on the consent page", async () => {
    atConsent();
    const { html } = await browser.get(PATH);
    expect(html.querySelector(".account")?.structuredText).toContain("Ada Lovelace");
    expect(html.querySelector(".account")?.structuredText).toContain("ada on taiga.example.com");
  });

  it.each([
    ["admin", "admin", ["read", "write", "delete", "admin"], "write"],
    ["read", "admin", ["read"], "read"],
    ["admin", "read", ["read"], "read"],
  ] as const)(
    "offers for %s asked under the limit %s only what is within both, and preselects at most write",
    async (requestedAccess, accessLimit, offered, selected) => {
      await browser.close();
      browser = await openBrowser({ accessLimit });
      browser.interaction.requestedAccess = requestedAccess;
      atConsent();
      const { html } = await browser.get(PATH);
      const radios = html.querySelectorAll("[name=access]");
      expect(radios.map((radio) => radio.getAttribute("value"))).toEqual(offered);
      const checked = radios.filter((radio) => radio.hasAttribute("checked"));
      expect(checked.map((radio) => radio.getAttribute("value"))).toEqual([selected]);
    },
  );
});

describe("the choice of projects", () => {
  beforeEach(atConsent);
  const boxes = (page: Page) => page.html.querySelectorAll("[name=project]");
  const checked = (page: Page, name: string) =>
    page.html
      .querySelectorAll(`[name=${name}]`)
      .filter((input) => input.hasAttribute("checked"))
      .map((input) => input.getAttribute("value"));
  const choose = (ids: readonly (number | string)[], access = "read") => {
    const form = new URLSearchParams({ csrf: browser.csrf.issue(UID, "consent"), access });
    form.append("projects", "chosen");
    for (const id of ids) form.append("project", String(id));
    return browser.post(`${PATH}/consent`, form.toString());
  };

  it("offers the user's own projects by name, all of them preselected", async () => {
    const page = await browser.get(PATH);
    expect(browser.listed).toEqual(["5 access"]);
    expect(boxes(page).map((box) => box.getAttribute("value"))).toEqual(["11", "12", "13"]);
    expect(page.html.querySelector("label[for=project-11]")?.text).toContain("Apollo");
    expect(page.text).toContain("&lt;b&gt;Chimera&lt;/b&gt;");
    expect(checked(page, "projects")).toEqual(["all"]);
    expect(checked(page, "project")).toEqual([]);
  });

  it.each([
    [[12], [12]],
    [
      [13, 11, 13],
      [11, 13],
    ],
  ])("limits the grant to the chosen ones: %j", async (ticked, projects) => {
    expect((await choose(ticked)).status).toBe(303);
    expect(browser.grants).toEqual([{ access: "read", projects }]);
  });

  it("takes the choice of all, also for projects to come, when boxes are ticked as well", async () => {
    await browser.submit("consent", { access: "read", project: "12" });
    expect(browser.grants).toEqual([{ access: "read", projects: "all" }]);
  });

  it.each([
    ["a project of somebody else", [12, 99], "not a member"],
    ["none at all", [], "at least one"],
    ["something that is no id", ["12x"], "Choose one"],
    ["an id with a sign", ["-12"], "Choose one"],
    ["more than anybody ticks", Array.from({ length: 1001 }, (_, id) => id + 1), "Choose one"],
  ])("refuses %s, and grants nothing", async (_what, ticked, says) => {
    const page = await choose(ticked);
    expect(page.status).toBe(400);
    expect(page.html.querySelector("[role=alert]")?.text).toContain(says);
    expect(browser.calls).toEqual([]);
  });

  it.each(["", "some", "ALL"])("refuses %j in place of all or chosen", async (projects) => {
    expect((await browser.submit("consent", { access: "read", projects })).status).toBe(400);
    expect(browser.calls).toEqual([]);
  });

  it("shows the choices again when one of them is not good", async () => {
    const page = await choose([11, 99], "delete");
    expect(checked(page, "projects")).toEqual(["chosen"]);
    expect(checked(page, "project")).toEqual(["11"]);
    expect(checked(page, "access")).toEqual(["delete"]);
  });

  it("does not choose a level for the user that the app may not have", async () => {
    browser.interaction.requestedAccess = "write";
    expect(checked(await choose([99], "admin"), "access")).toEqual(["write"]);
  });

  it("takes a few hundred", async () => {
    const many = Array.from({ length: 600 }, (_, id) => id + 1);
    browser.projects = many.map((id) => ({ id, name: `Project ${id}`, slug: `project-${id}` }));
    expect(boxes(await browser.get(PATH))).toHaveLength(600);
    expect((await choose(many)).status).toBe(303);
    expect(browser.grants[0]?.projects).toHaveLength(600);
  });

  describe("while Taiga does not answer", () => {
    beforeEach(() => {
      browser.projects = undefined;
    });

    it("goes on with all projects, and says why there is no other choice", async () => {
      const page = await browser.get(PATH);
      expect(page.status).toBe(200);
      expect(page.text).toContain("Taiga does not answer right now");
      expect(page.html.querySelectorAll("[name=projects]")).toHaveLength(1);
      expect((await browser.submit("consent", { access: "read" })).status).toBe(303);
      expect(browser.grants).toEqual([{ access: "read", projects: "all" }]);
    });

    it("never makes all projects out of chosen ones", async () => {
      const page = await choose([12]);
      expect(page.status).toBe(400);
      expect(page.html.querySelector("[role=alert]")?.text).toContain("cannot be chosen");
      expect(browser.calls).toEqual([]);
    });
  });

  it("asks nothing of somebody who is in no project yet", async () => {
    browser.projects = [];
    const page = await browser.get(PATH);
    expect(checked(page, "projects")).toEqual(["all"]);
    expect(boxes(page)).toEqual([]);
  });
});

describe("refusals", () => {
  const forms = [
    ["login", typed],
    ["consent", { access: "read" }],
    ["cancel", {}],
  ] as const;

  beforeEach(atConsent);
  /** All that a refused request may have led to, which is nothing but its page. */
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

  it.each(forms)("refuses the %s form without the cookie", async (form, fields) => {
    browser.hasCookie = false;
    expect(outcomeOf(await browser.submit(form, fields))).toEqual(refusal(400));
  });

  it("refuses another interaction than the cookie's", async () => {
    expect(outcomeOf(await browser.get("/interaction/other"))).toEqual(refusal(400));
    const body = new URLSearchParams({
      csrf: browser.csrf.issue("other", "consent"),
      access: "read",
    });
    expect(outcomeOf(await browser.post("/interaction/other/consent", body.toString()))).toEqual(
      refusal(400),
    );
  });

  it("refuses a consent before the login", async () => {
    browser.interaction.step = "login";
    const page = await browser.submit("consent", { access: "read" });
    expect(outcomeOf(page)).toEqual(refusal(409));
    expect(page.html.querySelector("a.primary")?.getAttribute("href")).toBe(PATH);
  });

  it.each(forms)("refuses the %s form with a foreign or missing token", async (form, fields) => {
    for (const csrf of ["", "x", browser.csrf.issue("other", form)]) {
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

  it.each(["cross-site", "same-site"])("refuses a %s request", async (site) => {
    for (const [form, fields] of forms) {
      expect(outcomeOf(await browser.submit(form, fields, { "Sec-Fetch-Site": site }))).toEqual(
        refusal(403),
      );
    }
  });

  it("refuses an access level beyond what was asked", async () => {
    browser.interaction.requestedAccess = "write";
    const page = await browser.submit("consent", { access: "admin" });
    expect(outcomeOf(page)).toEqual(refusal(400));
    expect(page.html.querySelector("[role=alert]")?.text).toContain("Choose one");
  });

  it.each(["", "everything", "__proto__"])("refuses the access level %j", async (access) => {
    expect(outcomeOf(await browser.submit("consent", { access }))).toEqual(refusal(400));
  });

  it("refuses a body over 16 kB with a page", async () => {
    const page = await browser.submit("login", { ...typed, password: "x".repeat(17_000) });
    expect(outcomeOf(page)).toEqual(refusal(413));
    expect(page.html.querySelector("h1")).not.toBeNull();
  });

  it("refuses a body that is no form", async () => {
    const page = await browser.post(`${PATH}/login`, JSON.stringify(typed), {
      Origin: ISSUER,
      "Content-Type": "application/json",
    });
    expect(outcomeOf(page)).toEqual(refusal(403));
  });
});

describe("consent without its login", () => {
  it("says so when too much time has passed", async () => {
    atConsent();
    browser.held.clear();
    expect((await browser.get(PATH)).status).toBe(400);
    expect((await browser.submit("consent", { access: "read" })).status).toBe(400);
    expect(browser.calls).not.toContain("createGrant");
  });

  it("never pairs one user's account with another user's credential", async () => {
    atConsent();
    browser.interaction.accountId = "taiga.6";
    const page = await browser.submit("consent", { access: "read" });
    expect(page.status).toBe(400);
    expect(browser.calls).toEqual([`discard ${UID}`]);
  });

  it("issues no code when another grant took the credential a moment ago, and leaves no grant", async () => {
    atConsent();
    browser.isRobbed = true;
    expect((await browser.submit("consent", { access: "read" })).status).toBe(400);
    expect(browser.calls).toEqual(["createGrant", `keep ${UID} grant`, "discardGrant grant"]);
  });
});

describe("a consent that is sent twice", () => {
  it("follows the first answer, because browsers drop it for the second click's", async () => {
    atConsent();
    await browser.submit("consent", { access: "read" });
    const second = await browser.submit("consent", { access: "admin" });
    expect([second.status, second.headers.get("Location")]).toEqual([303, "/resume"]);
    expect(browser.calls.slice(3)).toEqual(["resume"]);
    expect(browser.grants).toEqual([{ access: "read", projects: "all" }]);
  });

  it("waits for the first answer when both are under way", async () => {
    atConsent();
    const answers = await Promise.all([
      browser.submit("consent", { access: "read" }),
      browser.submit("consent", { access: "read" }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(browser.calls.filter((call) => call.startsWith("finishConsent"))).toHaveLength(1);
  });

  it("goes on also when the user comes back to the page after its answer was lost", async () => {
    atConsent();
    await browser.submit("consent", { access: "read" });
    const page = await browser.get(PATH);
    expect([page.status, page.headers.get("Location")]).toEqual([303, "/resume"]);
  });
});

describe("a click on a page that was answered already", () => {
  const ways = [
    ["the consent form", () => browser.submit("consent", { access: "read" })],
    ["the login form", () => browser.submit("login", typed)],
    ["the page", () => browser.get(PATH)],
  ] as const;
  beforeEach(() => {
    atConsent();
    browser.hasCookie = false;
  });

  it.each(ways)(
    "on %s tells the browser that was sent to its app that all is well",
    async (_on, click) => {
      browser.outcome = "connected";
      const page = await click();
      expect([page.status, page.headers.get("Location")]).toEqual([200, null]);
      expect(page.html.querySelector("h1")?.text).toBe("You are connected");
      expect(page.html.querySelectorAll("form, a.button")).toEqual([]);
      expect([browser.calls, browser.logins]).toEqual([[], []]);
    },
  );

  it.each(ways)("on %s tells who has cancelled that nothing was connected", async (_on, click) => {
    browser.outcome = "declined";
    const page = await click();
    expect(page.status).toBe(200);
    expect(page.html.querySelector("h1")?.text).toBe("Nothing was connected");
  });

  it.each(ways)("on %s says that it has ended to everybody else", async (_on, click) => {
    const page = await click();
    expect(page.status).toBe(400);
    expect(page.html.querySelector("h1")?.text).toBe("This page has ended");
  });

  it("says the same to one that comes while the first one's answer is being taken", async () => {
    browser.hasCookie = true;
    browser.isOvertaken = true;
    browser.outcome = "connected";
    const page = await browser.submit("cancel", {});
    expect([page.status, page.html.querySelector("h1")?.text]).toEqual([200, "You are connected"]);
  });

  it("leaves no grant when Cancel was faster", async () => {
    browser.hasCookie = true;
    browser.isOvertaken = true;
    browser.outcome = "declined";
    const page = await browser.submit("consent", { access: "read" });
    expect(page.html.querySelector("h1")?.text).toBe("Nothing was connected");
    expect(browser.calls).toEqual(["createGrant", `keep ${UID} grant`, "discardGrant grant"]);
  });

  it("is still nothing that another site may do", async () => {
    browser.outcome = "connected";
    const Origin = "https://evil.example";
    expect((await browser.submit("consent", { access: "read" }, { Origin })).status).toBe(403);
  });
});

describe("a login that does not work", () => {
  const field = (page: Page, name: string) => page.html.querySelector(`input[name=${name}]`);

  it("keeps the name and never the password when they are wrong", async () => {
    browser.taiga = async () => ({ ok: false, reason: "wrong_credentials" });
    const page = await browser.submit("login", typed);
    expect(page.status).toBe(400);
    expect(field(page, "username")?.getAttribute("value")).toBe("ada");
    expect(field(page, "password")?.hasAttribute("value")).toBe(false);
    expect(page.text).not.toContain("correct horse");
    expect(page.html.querySelector("[role=alert]")?.text).toContain("wrong");
    expect(browser.calls).toEqual([]);
  });

  it.each([
    [{ username: "", password: "x" }, "username", "Enter your user name"],
    [{ username: "  ", password: "x" }, "username", "Enter your user name"],
    [{ username: "ada", password: "" }, "password", "Enter your password"],
    [{ username: "a\u0000da", password: "x" }, "username", "control characters"],
    [{ username: "a".repeat(501), password: "x" }, "username", "at most 500"],
  ])("says at the field what is wrong with %j", async (fields, name, message) => {
    const page = await browser.submit("login", fields);
    expect(page.status).toBe(400);
    expect(field(page, name)?.getAttribute("aria-invalid")).toBe("true");
    const description = field(page, name)?.getAttribute("aria-describedby") ?? "";
    expect(page.html.querySelector(`#${description}`)?.text).toContain(message);
    expect(browser.logins).toEqual([]);
  });

  it("refuses a repeated field instead of choosing one", async () => {
    const csrf = browser.csrf.issue(UID, "login");
    const page = await browser.post(
      `${PATH}/login`,
      `csrf=${csrf}&username=a&username=b&password=x`,
    );
    expect(page.status).toBe(400);
    expect(browser.logins).toEqual([]);
  });

  it("takes white space off the name and leaves the password as typed", async () => {
    await browser.submit("login", { username: " ada ", password: " x " });
    expect(browser.logins).toEqual([{ username: "ada", password: " x " }]);
  });

  it("shows the page again when Taiga is down, with the name kept", async () => {
    browser.taiga = () => Promise.reject(new UnavailableError("Taiga does not answer."));
    const page = await browser.submit("login", typed);
    expect(page.status).toBe(503);
    expect(page.headers.get("Retry-After")).toBe("10");
    expect(page.html.querySelector("[role=alert]")?.text).toContain("Taiga does not answer");
    expect(field(page, "username")?.getAttribute("value")).toBe("ada");
    expect(page.text).not.toContain("correct horse");
  });

  it("says how long to wait when Taiga throttles logins", async () => {
    browser.taiga = () => Promise.reject(new LoginThrottledError(42));
    const page = await browser.submit("login", typed);
    expect([page.status, page.headers.get("Retry-After")]).toEqual([429, "42"]);
    expect(page.html.querySelector("[role=alert]")?.text).toContain("42 seconds");
  });

  it("answers a page, and never a stack, for a bug", async () => {
    browser.taiga = () => Promise.reject(new TypeError("secret detail"));
    const page = await browser.submit("login", typed);
    expect(page.status).toBe(500);
    expect(page.text).not.toContain("secret detail");
  });

  it("answers a 503 page when the store is down", async () => {
    browser.storeIsDown = true;
    const page = await browser.get(PATH);
    expect(page.status).toBe(503);
    expect(page.headers.get("Retry-After")).not.toBeNull();
    expect(page.html.querySelector("h1")?.text).toBe("Not available right now");
  });

  it("asks Taiga no more after 5 failures, and says so without saying whether the name exists", async () => {
    browser.taiga = async () => ({ ok: false, reason: "wrong_credentials" });
    for (let i = 0; i < 5; i++) expect((await browser.submit("login", typed)).status).toBe(400);
    browser.taiga = async () => ({
      ok: true,
      account: toAccount(),
      credential: ada.credential,
    });
    const page = await browser.submit("login", typed);
    expect(page.status).toBe(429);
    expect(page.headers.get("Retry-After")).toBe("900");
    expect(page.html.querySelector("[role=alert]")?.text).toContain(
      "Too many logins with this name have failed. Your password was not checked. Try again in 15 minutes.",
    );
    expect(field(page, "username")?.getAttribute("value")).toBe("ada");
    expect(browser.logins).toHaveLength(5);
    expect((await browser.submit("login", { ...typed, username: "bob" })).status).toBe(303);
  });

  it("is known again in its browser, by a secret that no script reads", async () => {
    const page = await browser.submit("login", typed);
    const [cookie = ""] = page.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-taiga-mcp-browser=[\w-]{43}; Max-Age=7776000; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/,
    );
    const secret = browser.cookies.get("__Host-taiga-mcp-browser");
    browser.interaction.step = "login";
    await browser.submit("login", typed);
    expect(browser.cookies.get("__Host-taiga-mcp-browser")).toBe(secret);
    browser.cookies.set("__Host-taiga-mcp-browser", "planted");
    await browser.submit("login", typed);
    expect(browser.cookies.get("__Host-taiga-mcp-browser")).toMatch(/^[\w-]{43}$/);
  });

  it("gives no such secret for a login that failed", async () => {
    browser.taiga = async () => ({ ok: false, reason: "wrong_credentials" });
    expect((await browser.submit("login", typed)).headers.getSetCookie()).toEqual([]);
  });

  it("does not count logins that succeed, because a whole office may share an address", async () => {
    for (let i = 0; i < 25; i++) expect((await browser.submit("login", typed)).status).toBe(303);
  });
});

describe("an installation for some people only", () => {
  const openFor = async (allowLists: BrowserOptions["allowLists"]) => {
    await browser.close();
    browser = await openBrowser({ ...(allowLists && { allowLists }) });
  };

  it("lets those on a list in", async () => {
    await openFor({ users: ["ada"] });
    expect((await browser.submit("login", typed)).status).toBe(303);
  });

  it("tells others so after a correct login, keeps nothing, and offers another account", async () => {
    await openFor({ users: ["bob"], emailDomains: ["bob.example"] });
    const page = await browser.submit("login", typed);
    expect(page.status).toBe(403);
    expect(page.html.querySelector("h1")?.text).toBe("This is not for your account");
    expect(page.text).toContain("bob.example");
    expect(browser.calls).toEqual(["release Bearer"]);
    expect(browser.held.size).toBe(0);
    const other = page.html.querySelector("a.primary")?.getAttribute("href") ?? "";
    expect((await browser.get(other)).html.querySelector("h1")?.text).toBe("Log in to Taiga");
  });

  it("does not tell who is on the list, and nothing at all to whoever has the wrong password", async () => {
    await openFor({ users: ["bob"] });
    expect((await browser.submit("login", typed)).text).not.toContain("bob");
    browser.taiga = async () => ({ ok: false, reason: "wrong_credentials" });
    expect((await browser.submit("login", typed)).text).not.toContain("not for your account");
  });
});

describe("public pages", () => {
  it("says at / what this is and how to connect", async () => {
    const page = await browser.get("/");
    expect(page.status).toBe(200);
    expect(page.text).toContain("https://mcp.example.com/mcp");
  });

  it("serves the style sheet and the icon the pages name, to be kept for ever", async () => {
    const { html } = await browser.get("/");
    for (const link of html.querySelectorAll("link")) {
      const asset = await browser.get(link.getAttribute("href") ?? "");
      expect(asset.status).toBe(200);
      expect(asset.headers.get("Cache-Control")).toContain("immutable");
    }
  });

  it("leaves every other path to those who come after", async () => {
    expect((await browser.get("/assets/other.css")).status).toBe(404);
    expect((await browser.get("/authorize")).text).toContain("Cannot GET");
  });
});
