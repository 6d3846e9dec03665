import { describe, expect, it } from "vitest";
import getMe from "../../../src/tools/core/get-me.ts";
import getProject from "../../../src/tools/core/get-project.ts";
import listProjects from "../../../src/tools/core/list-projects.ts";
import { createTaiga } from "../../support/taiga.ts";
import { projectOf } from "../../support/taiga-seed.ts";
import { createBench } from "../../support/tool-context.ts";

describe("get_me, list_projects and get_project", () => {
  it("say who the user is and which projects the grant covers", async () => {
    const owned = projectOf("alpha-one", { owner: "bob", members: [["alice", "Front"]] });
    const taiga = createTaiga([owned, projectOf("beta-two")]);
    const { call } = createBench({ taiga, projects: [1] });
    expect((await call(getMe, {})).data).toMatchObject({
      username: "bob",
      projects: [{ slug: "alpha-one", me: "owner" }],
    });
    expect((await call(listProjects, { public: true })).data.projects).toHaveLength(1);
  });

  it("narrow by part of a name", async () => {
    const taiga = createTaiga([projectOf("alpha-one"), projectOf("beta-two")]);
    const { call } = createBench({ taiga });
    const { data } = await call(listProjects, { search: "BETA" });
    expect(data.projects).toMatchObject([{ slug: "beta-two" }]);
  });

  it("describe all one needs to write, in three requests that are kept", async () => {
    const { call, taiga } = createBench();
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
    expect(taiga.asked()).toEqual([
      "GET /users/me",
      "GET /projects",
      "GET /projects/1",
      "GET /milestones",
    ]);
  });
});
