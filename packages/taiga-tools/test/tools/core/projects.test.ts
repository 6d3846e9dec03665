import { describe, expect, it } from "vitest";
import getMe from "../../../src/tools/core/get-me.ts";
import getProject from "../../../src/tools/core/get-project.ts";
import listProjects from "../../../src/tools/core/list-projects.ts";
import { createTaigaDouble, projectOf } from "../../support/taiga-double.ts";
import { createBench } from "../../support/tool-context.ts";

describe("get_me, list_projects and get_project", () => {
  it("say who the user is and which projects the grant covers", async () => {
    const double = createTaigaDouble([
      projectOf(1, "alpha-one", { i_am_owner: true }),
      projectOf(2, "beta-two"),
    ]);
    const { call } = createBench({ double, projects: [1] });
    expect((await call(getMe, {})).data).toMatchObject({
      username: "bob",
      projects: [{ slug: "alpha-one", me: "owner" }],
    });
    expect((await call(listProjects, { public: true })).data.projects).toHaveLength(1);
  });

  it("narrow by part of a name", async () => {
    const double = createTaigaDouble([projectOf(1, "alpha-one"), projectOf(2, "beta-two")]);
    const { call } = createBench({ double });
    const { data } = await call(listProjects, { search: "BETA" });
    expect(data.projects).toMatchObject([{ slug: "beta-two" }]);
  });

  it("describe all one needs to write, in three requests that are kept", async () => {
    const { call, double } = createBench();
    const { data, text } = await call(getProject, {});
    expect(data).toMatchObject({
      slug: "alpha-one",
      estimates: ["Back", "Front"],
      statuses: { story: ["New", "In progress", "Done (closed)"] },
      custom_fields: { story: ["Customer (text)", "Severity (dropdown: low, high)"] },
      sprints: [{ name: "Sprint 2", start: "2026-11-16" }, { name: "Sprint 3" }],
      permissions: { story: ["add", "comment", "delete", "modify", "view"] },
    });
    expect(text).toContain("members: @alice Alice Archer (Back)");
    await call(getProject, { project: "Alpha One" });
    expect(double.calls).toEqual([
      "users.me",
      "projects.list",
      "projects.getById",
      "milestones.list",
    ]);
  });
});
