import { systemClock } from "@taiga-mcp/service";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Connection } from "../../src/engine/boundary/ports.ts";
import { atConsent, type Browser, openBrowser, PATH } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser();
  atConsent(browser);
});
afterEach(() => browser.close());

const gidOf = (name: string): string => name.padEnd(43, "-");

const toConnection = (
  name: string,
  client: Partial<Connection["client"]> = {},
  daysAgo = 2,
): Connection => ({
  gid: gidOf(name),
  client: {
    id: `id of ${name}`,
    name: "Claude Code",
    documentHost: undefined,
    redirectUris: ["http://127.0.0.1:55555/callback"],
    ...client,
  },
  limits: { access: "read", projects: "all" },
  connectedAt: systemClock() - daysAgo * 86_400,
});

const offered = async (): Promise<string[]> =>
  (await browser.get(PATH)).html
    .querySelectorAll("input[name=replace]")
    .map((box) => `${box.getAttribute("value") ?? ""} ${box.hasAttribute("checked") ? "x" : ""}`);

// @rule ACC-10
it("earlier logins of the same app are offered, preselected when they were unused for a day", async () => {
  browser.connections = [
    toConnection("old"),
    toConnection("new", {}, 0),
    toConnection("same-id", { id: "client", name: "Renamed" }, 3),
    toConnection("other-name", { name: "Cursor" }),
    toConnection("other-place", { redirectUris: ["https://claude.ai/callback"] }),
    toConnection("verified", { documentHost: "claude.ai" }),
    toConnection("nameless", { name: undefined }),
  ];
  expect(await offered()).toEqual([
    `${gidOf("new")} `,
    `${gidOf("old")} x`,
    `${gidOf("same-id")} x`,
  ]);
});

// @rule ACC-10
it("those that the user chose end after the consent, and no others", async () => {
  browser.connections = [
    toConnection("old"),
    toConnection("kept"),
    toConnection("x", { name: "Y" }),
  ];
  await browser.submit("consent", { access: "read", replace: gidOf("old") });
  await expect.poll(() => browser.noted).toHaveLength(2);
  expect(browser.ended).toEqual([`taiga.5 ${gidOf("old")}`]);
  expect(browser.noted).toEqual([
    "taiga.5 connected Claude Code",
    "taiga.5 disconnected Claude Code",
  ]);
});

// @rule ACC-10
it.each([gidOf("x"), "<script>", "../grant"])(
  "the form cannot end %s, of another app",
  async (replace) => {
    browser.connections = [toConnection("old"), toConnection("x", { name: "Y" })];
    await browser.submit("consent", { access: "read", replace });
    await expect.poll(() => browser.noted).toHaveLength(1);
    expect(browser.ended).toEqual([]);
  },
);

it("what the user unticked stays so after an error in the form", async () => {
  browser.connections = [toConnection("old"), toConnection("older", {}, 9)];
  await browser.submit("consent", { access: "root", replace: gidOf("older") });
  expect(await offered()).toEqual([`${gidOf("old")} `, `${gidOf("older")} x`]);
});
