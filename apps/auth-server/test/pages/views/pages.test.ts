import { parse } from "node-html-parser";
import { describe, expect, it } from "vitest";
import { renderConsentPage } from "../../../src/pages/views/consent-page.ts";
import { renderErrorPage } from "../../../src/pages/views/error-page.ts";
import { renderHomePage } from "../../../src/pages/views/home-page.ts";
import { renderReconnectPage } from "../../../src/pages/views/reconnect-page.ts";
import { renderLoginPage } from "../../../src/pages/views/login-page.ts";
import { stylesheet } from "../../../src/pages/views/assets.ts";

const form = {
  basePath: "/interaction/x",
  cancelCsrfToken: "cancel-token",
  client: { name: `<img src=x onerror=alert(1)>`, redirectUri: "http://localhost:1/cb" },
  taigaName: "taiga.example.com",
};

const pages = {
  login: await renderLoginPage({
    ...form,
    csrfTokens: { login: "token" },
    username: `"><script>`,
    alert: "Taiga does not answer.",
    fieldErrors: { username: "Enter it.", password: "Enter it." },
  }),
  "Taiga login": await renderLoginPage({ ...form, csrfTokens: { taiga: "token" } }),
  "two ways": await renderLoginPage({
    ...form,
    csrfTokens: { login: "token", taiga: "token" },
    username: "ada",
  }),
  consent: await renderConsentPage({
    olderLogins: [{ gid: "x".padEnd(43, "-"), usedAt: 0, isPreselected: true }],
    now: 90_000,
    ...form,
    csrfToken: "token",
    accountId: "taiga.5",
    user: { username: "ada", fullName: "<b>Ada</b>" },
    levels: ["read", "write"],
    selected: "write",
    projects: {
      own: [
        { id: 1, name: "<i>One</i>", slug: "one" },
        { id: 2, name: "Two", slug: "two" },
      ],
      selected: "chosen",
      ticked: [2],
    },
    choiceError: { question: "projects", error: "Choose." },
  }),
  error: await renderErrorPage({
    title: "<i>No</i>",
    message: "Because.",
    advice: "Do that.",
    code: "invalid_client",
    requestId: "1",
    action: { href: "/", label: "On" },
  }),
  reconnect: await renderReconnectPage({
    taigaSite: { name: "taiga.example.com", url: "https://taiga.example.com" },
  }),
  home: await renderHomePage({
    mcpUrl: "https://mcp.example.com/mcp",
    taigaSite: { name: "taiga.example.com", url: "https://taiga.example.com" },
    issuer: "https://login.example.com",
  }),
};

describe.each(Object.entries(pages))("the %s page", (_name, text) => {
  const html = parse(text);

  // @rule RFC9700-4.16-1
  it("has no inline script or style, because the content security policy allows neither", () => {
    expect(html.querySelectorAll("style, [style]")).toHaveLength(0);
    for (const script of html.querySelectorAll("script")) expect(script.text).toBe("");
    const handlers = html
      .querySelectorAll("*")
      .flatMap((element) => Object.keys(element.attributes).filter((name) => /^on/i.test(name)));
    expect(handlers).toEqual([]);
  });

  // @rule MCP-SECURITY-2
  it("loads nothing from other origins", () => {
    for (const element of html.querySelectorAll("[src], link")) {
      expect(element.getAttribute("src") ?? element.getAttribute("href")).toMatch(/^\/assets\//);
    }
  });

  it("declares its language, scales to the screen and has one title", () => {
    expect(html.querySelector("html")?.getAttribute("lang")).toBe("en");
    expect(html.querySelector("meta[name=viewport]")).not.toBeNull();
    expect(html.querySelectorAll("h1")).toHaveLength(1);
    expect(html.querySelector("title")?.text).toContain("Taiga MCP");
  });

  it("labels every field, and every description it refers to exists", () => {
    const inputs = html.querySelectorAll("input:not([type=hidden])");
    for (const { id } of inputs) expect(html.querySelector(`label[for="${id}"]`)).not.toBeNull();
    for (const described of html.querySelectorAll("[aria-describedby]")) {
      for (const id of described.getAttribute("aria-describedby")?.split(" ") ?? []) {
        expect(html.querySelector(`#${id}`)).not.toBeNull();
      }
    }
  });

  it("uses each id once", () => {
    const ids = html.querySelectorAll("[id]").map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("escapes text from other people", () => {
    expect(html.querySelectorAll("img, b, i")).toEqual([]);
    expect(text).not.toContain('""');
  });
});

describe("the home page", () => {
  // @rule LOGIN-15
  it("has one button or one line for each client, the first one open", () => {
    const clients = parse(pages.home).querySelectorAll("details[name=client]");
    expect(clients.map((client) => client.querySelector("summary")?.text)).toEqual([
      "Claude Code",
      "Cursor",
      "VS Code",
      "ChatGPT",
      "Other clients",
    ]);
    for (const client of clients) {
      expect(client.querySelectorAll("a.button, code.command")).toHaveLength(1);
    }
    expect(clients.map((client) => client.hasAttribute("open"))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("opens the editors with this server's address", () => {
    const [cursor, vscode] = parse(pages.home)
      .querySelectorAll("a.button")
      .map((link) => new URL(link.getAttribute("href") ?? ""));
    const config = cursor?.searchParams.get("config") ?? "";
    expect(JSON.parse(Buffer.from(config, "base64").toString())).toEqual({
      url: "https://mcp.example.com/mcp",
    });
    expect(JSON.parse(decodeURIComponent(vscode?.search.slice(1) ?? ""))).toEqual({
      name: "taiga",
      type: "http",
      url: "https://mcp.example.com/mcp",
    });
  });
});

describe("the page on connecting again", () => {
  // @rule VAULT-8
  it("explains step by step how to reconnect, at the URL that tools give when a login has ended", () => {
    const steps = parse(pages.reconnect).querySelectorAll("ol.steps li");
    expect(steps).toHaveLength(3);
    expect(steps[1]?.text).toContain("disconnect this MCP server and connect it again");
  });
});

describe("the login page", () => {
  it("tells password managers what its fields are", () => {
    const html = parse(pages.login);
    const autocomplete = (name: string) =>
      html.querySelector(`[name=${name}]`)?.getAttribute("autocomplete");
    expect(autocomplete("username")).toBe("username");
    expect(autocomplete("password")).toBe("current-password");
  });

  it("has its cancel button in a separate form, which sends no password", () => {
    const cancel = parse(pages.login).querySelector("form#cancel");
    expect(cancel?.getAttribute("action")).toBe("/interaction/x/cancel");
    expect(cancel?.querySelectorAll("input").map((input) => input.getAttribute("name"))).toEqual([
      "csrf",
    ]);
  });

  it("says so when a client gives no name", async () => {
    const text = await renderLoginPage({
      ...form,
      csrfTokens: { login: "token" },
      client: { ...form.client, name: " \u200B" },
    });
    expect(text).toContain("gives no name");
  });
});

describe("colours", () => {
  const palettes = stylesheet.content
    .split("prefers-color-scheme: dark")
    .slice(0, 2)
    .map(
      (text) =>
        new Map([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]])),
    );

  it.each([
    ["text", "page", 4.5],
    ["text", "card", 4.5],
    ["muted", "page", 4.5],
    ["muted", "card", 4.5],
    ["muted", "sunken", 4.5],
    ["muted", "accent-wash", 4.5],
    ["accent", "card", 4.5],
    ["accent", "sunken", 4.5],
    ["on-accent", "accent", 4.5],
    ["on-accent", "accent-strong", 4.5],
    ["alert", "card", 4.5],
    ["alert", "alert-wash", 4.5],
    ["caution", "caution-wash", 4.5],
    ["line-strong", "card", 3],
  ])(
    "%s on %s has the contrast that WCAG 2.2 AA requires, in light and in dark",
    (front, back, least) => {
      expect(palettes).toHaveLength(2);
      for (const palette of palettes) {
        expect(contrast(palette.get(front) ?? "", palette.get(back) ?? "")).toBeGreaterThanOrEqual(
          least,
        );
      }
    },
  );
});

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("a client with a published metadata document", () => {
  const client = { ...form.client, name: "Claude", documentHost: "claude.ai" };
  const verified = {
    login: renderLoginPage({ ...form, client, csrfTokens: { login: "token" } }),
    consent: renderConsentPage({
      olderLogins: [],
      now: 0,
      ...form,
      client,
      csrfToken: "token",
      accountId: "taiga.5",
      user: { username: "ada", fullName: "Ada" },
      levels: ["read"],
      selected: "read",
      projects: { own: [], selected: "all", ticked: [] },
    }),
  };

  // @rule CIMD-13
  it.each(Object.entries(verified))(
    "is named with that host on the %s page",
    async (_name, page) => {
      const text = parse(await page)
        .querySelector("main")
        ?.text.replaceAll(/\s+/g, " ");
      expect(text).toMatch(/Verified host claude\.ai|described by claude\.ai \(verified host\)/);
      expect(await page).toContain("says its name is");
      expect(await page).not.toContain("not verified");
    },
  );

  it("is named without a host otherwise, as not verified", () => {
    for (const page of [pages.login, pages.consent]) {
      expect(page).not.toMatch(/verified host/i);
      expect(page).toContain("not verified");
    }
  });
});
