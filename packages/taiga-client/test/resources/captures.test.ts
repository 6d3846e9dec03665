import { describe, expect, it } from "vitest";
import { createTaigaClient } from "../../src/taiga-client.ts";
import { createFakeTransport } from "../support/fake-transport.ts";
import { capture, toResponse } from "../support/observed.ts";

const clientFor = (name: string) =>
  createTaigaClient(createFakeTransport(toResponse(capture(name))).transport);

describe("a parsed answer", () => {
  it("keeps Taiga's names and drops unused fields", async () => {
    const story = await clientFor("us_get").userStories.getById(1);
    expect(story).toMatchObject({
      ref: 1,
      version: 1,
      status_extra_info: { name: "New", is_closed: false },
      assigned_to_extra_info: { username: "bob" },
      tags: [
        ["red", "#ff0000"],
        ["newtag", "#00ff00"],
      ],
      total_points: 3,
      description: "**bold** @alice",
    });
    expect(story).not.toHaveProperty("description_html");
    expect(story.epics).toEqual([]);
  });

  it("reads null collections of a project as empty ones", async () => {
    expect(capture("proj_as_bob").body).toMatchObject({ epic_custom_attributes: null });
    const project = await clientFor("proj_as_bob").projects.getById(1);
    expect(project.epic_custom_attributes).toEqual([]);
    expect(project.roles[0]?.permissions).toContain("view_issues");
    expect(project.us_statuses[0]).toMatchObject({ name: "Ready", is_archived: false });
  });

  it("tells the sprints of a project", async () => {
    expect((await clientFor("blk_get").projects.getById(1)).milestones).toEqual([
      { id: 1, slug: "sprint-1", name: "Sprint 1b", closed: false },
    ]);
  });

  it("names the tokens of a login apart from the user", async () => {
    const login = await clientFor("auth_ok").auth.login({
      type: "normal",
      username: "admin",
      password: "x",
    });
    expect(login).toMatchObject({ id: 5, authToken: "<JWT>", refreshToken: "<JWT>" });
    expect(login).not.toHaveProperty("auth_token");
  });

  it("keeps deleted comments apart by their date", async () => {
    const [entry] = await clientFor("hist_after_del").history.list("userstory", 1);
    expect(entry).toMatchObject({
      comment: "edited",
      user: { pk: 9, username: "stan", name: "Stan S" },
      delete_comment_date: "2026-11-20T06:10:21.871Z",
    });
  });

  it("has an epic's progress, also when it has no stories", async () => {
    expect((await clientFor("epic_get").epics.getById(1)).user_stories_counts).toEqual({
      total: 2,
      progress: 0,
    });
    expect((await clientFor("epic_create").epics.getById(1)).user_stories_counts).toEqual({
      total: 0,
      progress: null,
    });
  });

  it("tells what an issue was promoted to", async () => {
    const issue = await clientFor("issue_get").issues.getById(1);
    expect(issue).toMatchObject({ type: 1, severity: 3, priority: 2, milestone: null });
    expect(issue.generated_user_stories).toEqual([{ id: 8, ref: 18, subject: "I1" }]);
    const fresh = await clientFor("issue_create_defaults").issues.getById(2);
    expect(fresh.generated_user_stories).toEqual([]);
  });

  it("has a sprint's progress", async () => {
    expect(await clientFor("ms_stats").milestones.stats(1)).toMatchObject({
      total_points: { "4": 3 },
      completed_points: [],
      total_userstories: 2,
      days: [{ day: "2026-11-16", open_points: 3, optimal_points: 3 }, { day: "2026-11-17" }],
    });
  });

  it("keeps a wiki page's source text, not the HTML rendered by Taiga", async () => {
    const page = await clientFor("wiki_byslug").wikiPages.getBySlug(1, "home");
    expect(page).toMatchObject({ slug: "home", content: "# Hi #1", version: 1, editions: 1 });
    expect(page).not.toHaveProperty("html");
  });

  it("reads kinds that a search leaves out, for want of permission, as empty", async () => {
    expect(capture("search_outsider").body).toEqual({ count: 0 });
    expect(await clientFor("search_outsider").search({ projectId: 1, text: "put" })).toEqual({
      count: 0,
      epics: [],
      userstories: [],
      tasks: [],
      issues: [],
      wikipages: [],
    });
  });

  it("tolerates missing fields of an older Taiga and added fields of a newer one", async () => {
    const {
      swimlane: _,
      watchers: __,
      ...older
    } = capture("us_get").body as Record<string, unknown>;
    const { transport } = createFakeTransport({ text: JSON.stringify({ ...older, invented: 1 }) });
    expect(await createTaigaClient(transport).userStories.getById(1)).toMatchObject({
      swimlane: null,
      watchers: [],
    });
  });

  it("names the missing field without quoting the answer", async () => {
    const { version: _, ...incomplete } = capture("us_get").body as Record<string, unknown>;
    const { transport } = createFakeTransport({ text: JSON.stringify(incomplete) });
    await expect(createTaigaClient(transport).userStories.getById(1)).rejects.toMatchObject({
      code: "unexpected_response",
      message: "Taiga's answer to GET /userstories/1 misses or mistypes version",
      outcomeUnknown: false,
    });
  });

  it.each([
    ["a page of HTML", "<!doctype html><title>Sign in</title>"],
    ["nothing", ""],
  ])("fails on %s where JSON belongs", async (_name, text) => {
    const { transport } = createFakeTransport({ text });
    const taiga = createTaigaClient(transport);
    await expect(taiga.users.me()).rejects.toMatchObject({
      code: "unexpected_response",
      outcomeUnknown: false,
    });
    await expect(taiga.tasks.create({ project: 1, subject: "a" })).rejects.toMatchObject({
      code: "unexpected_response",
      outcomeUnknown: true,
    });
  });
});
