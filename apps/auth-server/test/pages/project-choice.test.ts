import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { atConsent, type Browser, openBrowser, type Page, PATH } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await openBrowser();
});
afterEach(() => browser.close());

describe("the choice of projects", () => {
  beforeEach(() => atConsent(browser));
  const boxes = (page: Page) => page.html.querySelectorAll("[name=project]");
  const checked = (page: Page, name: string) =>
    page.html
      .querySelectorAll(`[name=${name}]`)
      .filter((input) => input.hasAttribute("checked"))
      .map((input) => input.getAttribute("value"));
  const choose = (ids: readonly (number | string)[], access = "read") => {
    const form = new URLSearchParams({ ...browser.consentProof(), access });
    form.append("projects", "chosen");
    for (const id of ids) form.append("project", String(id));
    return browser.post(`${PATH}/consent`, form.toString());
  };

  // @rule MCP-SECURITY-6
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

  it("accepts the choice of all, including future projects, when boxes are ticked as well", async () => {
    await browser.submit("consent", { access: "read", project: "12" });
    expect(browser.grants).toEqual([{ access: "read", projects: "all" }]);
  });

  // @rule MCP-SECURITY-6
  it.each([
    ["a project of another user", [12, 99], "not a member"],
    ["no project", [], "at least one"],
    ["an invalid id", ["12x"], "Choose what"],
    ["an id with a sign", ["-12"], "Choose what"],
    ["more projects than allowed", Array.from({ length: 1001 }, (_, id) => id + 1), "Choose what"],
  ])("refuses %s, and grants nothing", async (_what, ticked, says) => {
    const page = await choose(ticked);
    expect([page.path, page.status]).toEqual([PATH, 200]);
    expect(page.html.querySelector("[role=alert]")?.text).toContain(says);
    expect(browser.calls).toEqual([]);
  });

  it.each(["", "some", "ALL"])("refuses %j instead of all or chosen", async (projects) => {
    const page = await browser.submit("consent", { access: "read", projects });
    expect(page.html.querySelector("[role=alert]")?.text).toContain("Choose what");
    expect(browser.calls).toEqual([]);
  });

  it("shows the choices again when one of them is invalid", async () => {
    const page = await choose([11, 99], "delete");
    expect(checked(page, "projects")).toEqual(["chosen"]);
    expect(checked(page, "project")).toEqual(["11"]);
    expect(checked(page, "access")).toEqual(["delete"]);
  });

  it("does not preselect a level that the app may not have", async () => {
    browser.interaction.requestedAccess = "write";
    expect(checked(await choose([99], "admin"), "access")).toEqual(["write"]);
  });

  it("accepts a few hundred projects", async () => {
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

    it("offers only all projects, and says why", async () => {
      const page = await browser.get(PATH);
      expect(page.status).toBe(200);
      expect(page.text).toContain("Taiga is not responding right now");
      expect(page.html.querySelectorAll("[name=projects]")).toHaveLength(1);
      expect((await browser.submit("consent", { access: "read" })).status).toBe(303);
      expect(browser.grants).toEqual([{ access: "read", projects: "all" }]);
    });

    // @rule MCP-SECURITY-6
    it("never turns chosen projects into all projects", async () => {
      const page = await choose([12]);
      expect([page.path, page.status]).toEqual([PATH, 200]);
      expect(page.html.querySelector("[role=alert]")?.text).toContain("cannot choose projects");
      expect(browser.calls).toEqual([]);
    });
  });

  it("works for a user without projects", async () => {
    browser.projects = [];
    const page = await browser.get(PATH);
    expect(checked(page, "projects")).toEqual(["all"]);
    expect(boxes(page)).toEqual([]);
  });
});
