import { describe, expect, it } from "vitest";
import { type ToolDefinition } from "../../../src/tool/define-tool.ts";
import { ToolError } from "../../../src/errors.ts";
import { loadTools } from "../../../src/tool/load-tools.ts";
import { createTaiga } from "../../support/taiga.ts";
import { projectOf } from "../../support/taiga-seed.ts";
import { type Bench, createBench } from "../../support/tool-context.ts";

const tools = new Map((await loadTools()).map((tool) => [tool.definition.name, tool.definition]));
const toolOf = (name: string): ToolDefinition => tools.get(name)!;

/** Bob is in three projects; the grant covers the first. Nothing of the others may be told. */
const COVERED = 1;
const SECRETS = ["Moonshot", "moonshot", "Skunkworks", "skunkworks", "hush", "Hidden"];

function open(): Bench & { epicId: number; storyId: number } {
  const taiga = createTaiga([
    projectOf("alpha-one"),
    projectOf("moonshot", { name: "Moonshot" }),
    projectOf("skunkworks", { name: "Skunkworks" }),
    projectOf("open-house", { name: "Hidden House", members: [], is_private: false }),
  ]);
  const story = taiga.add("userstory", { subject: "Known" });
  const hidden = { subject: "hush hush", project: 2, ref: 2, assigned_to: 7 };
  taiga.sandbox.as("bob").add("userstory", hidden);
  const epic = taiga.add("epic", { subject: "hush epic", project: 2, ref: 3 });
  taiga.link(epic, story);
  return { ...createBench({ taiga, projects: [COVERED] }), epicId: epic.id, storyId: story.id };
}

/** What each tool is called with to reach into a project. */
const REACH: Record<string, (project: string) => object[]> = {
  get_project: (project) => [{ project }],
  find_items: (project) => [{ project }, { project, text: "hush" }],
  get_items: (project) => [
    { refs: ["#2"], project },
    { refs: [`${project}#2`] },
    { refs: [`https://taiga.test/project/${project}/us/2`] },
    { refs: [`https://taiga.test/project/${project}/wiki/home`] },
    { refs: ["wiki:home"], project },
  ],
  list_sprints: (project) => [{ project }],
  get_sprint: (project) => [{ project }, { project, sprint: "Sprint 2" }],
  get_activity: (project) => [{ project }, { project, person: "alice" }],
  create_items: (project) => [
    { project, items: [{ kind: "story", subject: "New" }] },
    { project, items: [{ kind: "story", subject: "New" }], dry_run: true },
    { project: "alpha-one", items: [{ kind: "story", subject: "New", epic: [`${project}#3`] }] },
  ],
  update_items: (project) => [
    { items: [{ ref: "#2", subject: "Mine" }], project },
    { items: [{ ref: `${project}#2`, subject: "Mine" }] },
    { items: [{ ref: `https://taiga.test/project/${project}/us/2`, subject: "Mine" }] },
    { items: [{ ref: "#1", epic: [`${project}#3`] }], project: "alpha-one" },
  ],
  add_comment: (project) => [
    { refs: ["#2"], comment: "Hello", project },
    { refs: [`${project}#2`], comment: "Hello" },
    { refs: [`https://taiga.test/project/${project}/us/2`], comment: "Hello", dry_run: true },
  ],
  save_sprint: (project) => [{ sprint: "Sprint 2", project, start: "2026-11-16" }],
  edit_comment: (project) => [{ ref: `${project}#2`, comment: "last", new_text: "Mine" }],
  restore_comment: (project) => [{ ref: "#2", project, comment: "last" }],
  delete_comment: (project) => [{ ref: `${project}#2`, comment: "last" }],
  list_comment_versions: (project) => [{ ref: `${project}#wiki:home`, comment: "last" }],
  set_watching: (project) => [{ refs: [`${project}#2`] }, { refs: ["wiki:home"], project }],
  set_vote: (project) => [{ refs: ["#2"], project }],
  set_like: (project) => [{ projects: [project] }],
  list_followers: (project) => [{ refs: [`${project}#2`] }, { project }],
  list_wiki_links: (project) => [{ project }],
  save_wiki_link: (project) => [{ project, title: "Mine" }],
  save_wiki_page: (project) => [
    { project, page: "home", content: "x" },
    { page: `${project}#wiki:home`, content: "x" },
  ],
  delete_wiki_link: (project) => [{ project, titles: ["Home"] }],
  set_notification_level: (project) => [{ projects: [project], mail: "none" }],
  delete_items: (project) => [
    { refs: ["#2"], project },
    { refs: [`${project}#2`] },
    { refs: [`https://taiga.test/project/${project}/us/2`] },
    { refs: [`https://taiga.test/project/${project}/taskboard/sprint-2`] },
  ],
};

/** Those that take no project, tested below. */
const WITHOUT_PROJECT = [
  "get_me",
  "list_projects",
  "list_notifications",
  "set_notifications_read",
  "echo",
  "get_time",
  "get_status",
];

const isWrite = (request: string) => !request.startsWith("GET ");

describe("a project that the grant does not cover", () => {
  // @rule MCP-SECURITY-16
  it("is tried with every tool there is", () => {
    expect([...tools.keys()].toSorted()).toEqual(
      [...Object.keys(REACH), ...WITHOUT_PROJECT].toSorted(),
    );
  });

  const references = ["moonshot", "MOONSHOT", "2"];
  const attempts = Object.entries(REACH).flatMap(([name, inputs]) =>
    references.flatMap((project) =>
      inputs(project).map((input) => [name, JSON.stringify(input), input] as const),
    ),
  );

  // @rule MCP-SECURITY-6
  it.each(attempts)("is refused by %s with %s", async (name, _text, input) => {
    const { call, taiga } = open();
    const refusal = await call(toolOf(name), input).then(toRefusal, toRefusal);
    expect(refusal).toContain("project_not_granted");
    // The error repeats the caller's reference and reveals nothing about the project.
    expect(refusal).not.toMatch(/hush|Hidden|skunkworks/i);
    expect(taiga.asked().filter(isWrite)).toEqual([]);
  });

  // @rule MCP-SECURITY-20
  it.each(["open-house", "4"])("is refused as %s, though anybody may see it", async (reference) => {
    const { call, taiga } = open();
    const { call: callAll } = createBench({ taiga });
    expect((await callAll(toolOf("get_project"), { project: reference })).text).toContain("Hidden");
    for (const [name, inputs] of Object.entries(REACH)) {
      for (const input of inputs(reference)) {
        const refusal = await call(toolOf(name), input).then(toRefusal, toRefusal);
        expect(refusal).toContain("project_not_granted");
        expect(refusal).not.toMatch(/hush|Hidden/);
      }
    }
    expect(taiga.asked().filter(isWrite)).toEqual([]);
  });

  // @rule MCP-SECURITY-21
  it("shows through no link: epic, story of an epic, count or event", async () => {
    const { call, taiga, epicId } = open();
    const epic = taiga.add("epic", { subject: "Ours" });
    const [own] = taiga.state.userstories.filter((story) => story.project === COVERED);
    const [foreign] = taiga.state.userstories.filter((story) => story.project !== COVERED);
    taiga.link(epic, own!, foreign!);
    const inputs: [string, object][] = [
      [
        "find_items",
        { project: "alpha-one", kinds: ["story", "epic"], fields: ["epics", "stories"] },
      ],
      ["find_items", { kinds: ["story", "epic"] }],
      ["get_items", { refs: ["#1", `#${epic.ref}`], include: ["history", "comments", "children"] }],
      ["get_activity", { project: "alpha-one" }],
      ["get_activity", { person: "me" }],
      ["delete_items", { refs: ["#1", `#${epic.ref}`] }],
      ["update_items", { items: [{ ref: "#1", epic: [] }], dry_run: true }],
      ["update_items", { items: [{ ref: `#${epic.ref}`, stories: [] }], dry_run: true }],
    ];
    for (const [name, input] of inputs) {
      const { text, data } = await call(toolOf(name), input);
      const answer = `${text}\n${JSON.stringify(data)}`;
      expect(answer).not.toMatch(/hush|moonshot|skunkworks/i);
      // The hidden story is #2 and its epic #3, and our epic has two stories with it.
      expect(answer).not.toMatch(
        /epics?["[: ]*#3|"#3"|story #2\b|#3 |2 stories|"?stories"?:? ?"?2,/,
      );
    }
    expect(epicId).toBeGreaterThan(0);
  });

  // @rule MCP-SECURITY-22
  it("has its slug on its epic and its story where the grant covers it", async () => {
    const { taiga } = open();
    const { call } = createBench({ taiga, projects: [1, 2] });
    const epic = taiga.add("epic", { subject: "Ours" });
    taiga.link(
      epic,
      taiga.state.userstories.find((story) => story.project === 2)!,
    );
    const { text } = await call(toolOf("find_items"), { project: "alpha-one", kinds: ["story"] });
    expect(text).toContain("epic moonshot#3");
    const activity = await call(toolOf("get_activity"), { project: "alpha-one" });
    expect(activity.text).toContain(`added to epic #${epic.ref}: story moonshot#2 hush hush`);
  });

  it("is called by no name when it was asked for by id", async () => {
    const { call } = open();
    const refused = call(toolOf("get_project"), { project: "2" });
    await expect(refused).rejects.toMatchObject({ message: expect.not.stringMatching(/moon/i) });
  });

  it.each([
    ["get_me", {}],
    ["list_projects", {}],
    ["list_projects", { public: true }],
    ["list_projects", { search: "moon", public: true }],
    ["find_items", {}],
    ["find_items", { assigned_to: ["me"] }],
    ["find_items", { kinds: ["story", "epic", "task", "issue"] }],
    ["get_activity", { person: "me" }],
    ["get_items", { refs: ["#1"], include: ["history", "comments", "children", "followers"] }],
    ["get_project", {}],
    ["get_sprint", { sprint: "Sprint 2" }],
    ["list_sprints", {}],
  ])("is not told of by %s %j", async (name, input) => {
    const { call, taiga } = open();
    expect(JSON.stringify(taiga.state.timeline)).toContain("hush");
    const { text, data } = await call(toolOf(name), input);
    for (const secret of SECRETS) {
      expect(text).not.toContain(secret);
      expect(JSON.stringify(data)).not.toContain(secret);
    }
  });

  it("is not offered where a name is wrong or left out", async () => {
    const { call } = open();
    for (const project of ["moonsho", "skunk", "nothing"]) {
      const refused = call(toolOf("get_project"), { project });
      await expect(refused).rejects.toMatchObject({
        code: "not_found",
        message: expect.not.stringMatching(/moonshot|skunkworks/i),
      });
    }
    expect((await call(toolOf("get_project"), {})).data["slug"]).toBe("alpha-one");
  });

  it("leaves the user's roles out, because Taiga names those of all projects together", async () => {
    const { call } = open();
    const { text, data } = await call(toolOf("get_me"), {});
    expect(data).not.toHaveProperty("roles");
    expect(text).not.toContain("roles");
    const all = createBench();
    expect((await all.call(toolOf("get_me"), {})).data).toHaveProperty("roles");
  });

  it("keeps its epic on a story whose epics are changed", async () => {
    const { call, taiga, epicId, storyId } = open();
    const epic = taiga.add("epic", { subject: "Of ours" });
    const { text } = await call(toolOf("update_items"), {
      items: [{ ref: "#1", epic: [`#${epic.ref}`] }],
    });
    expect(taiga.links()).toEqual([
      { epic: epicId, user_story: storyId },
      { epic: epic.id, user_story: storyId },
    ]);
    expect(text).not.toContain("#3");
  });
});

/** Thrown, or told for the one item that was asked for. */
const toRefusal = (outcome: unknown): string =>
  outcome instanceof ToolError
    ? `${outcome.code}: ${outcome.message}`
    : JSON.stringify(outcome instanceof Error ? outcome.message : outcome);
