import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "../support/api.ts";
import { createApiUser } from "../support/user.ts";
import type { HistoryView } from "../support/view.ts";

describe("issues", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
    const dates = { estimated_start: "2026-11-16", estimated_finish: "2026-11-29" };
    await bob.post("/milestones", { project: 1, name: "Sprint 1", ...dates });
  });
  afterEach(() => api.close());
  const alice = createApiUser(() => api, "alice");
  const bob = createApiUser(() => api, "bob");
  const stan = createApiUser(() => api, "stan");
  const issue = (fields: object = {}) =>
    bob.post("/issues", { project: 1, subject: "An issue", ...fields });
  const ids = (rows: { id: number }[]) => rows.map((row) => row.id);

  test("stakeholders may report, change and delete them", async () => {
    const { id } = await stan.post("/issues", { project: 1, subject: "Mine" });
    await stan.patch(`/issues/${id}`, { severity: 5 });
    await stan.remove(`/issues/${id}`);
    expect((await stan.call(`GET /issues/${id}`)).status).toBe(404);
  });

  test.each([
    ["milestone", "sprint"],
    ["status", "status"],
    ["severity", "severity"],
    ["priority", "priority"],
    ["type", "type"],
  ])("a %s of another project is forbidden, also in a blocked project", async (column, word) => {
    const dates = { estimated_start: "2026-11-16", estimated_finish: "2026-11-29" };
    await alice.post("/milestones", { project: 2, name: "Theirs", ...dates });
    const { id } = await issue();
    const foreign = { milestone: 2, status: 8, severity: 6, priority: 4, type: 4 }[column];
    api.sandbox.control.freezeProject("alice-alpha-one", "blocked");
    const answer = await bob.call(`PATCH /issues/${id}`, { [column]: foreign, version: 1 });
    expect([answer.status, answer.body._error_message]).toEqual([
      403,
      `You don't have permissions to set this ${word} to this issue.`,
    ]);
    expect((await bob.call(`PATCH /issues/${id}`, { subject: "x", version: 1 })).status).toBe(451);
  });

  test("the day of the end follows the status", async () => {
    const { id } = await issue();
    const closed = await bob.patch(`/issues/${id}`, { status: 4 });
    expect(closed).toMatchObject({ is_closed: true, finished_date: "2026-11-20T06:08:00Z" });
    expect((await bob.patch(`/issues/${id}`, { status: 1 })).finished_date).toBe(null);
  });

  test("an edit that rests on an old version conflicts in the same field only", async () => {
    const { id } = await issue();
    await bob.patch(`/issues/${id}`, { severity: 4 });
    const edit = (body: object) => alice.call(`PATCH /issues/${id}`, { ...body, version: 1 });
    expect((await edit({ severity: 1 })).body).toEqual({
      version: "The version doesn't match with the current one",
    });
    expect((await edit({ priority: 3 })).body).toMatchObject({ severity: 4, priority: 3 });
  });

  test("its history names type, severity and priority", async () => {
    const { id } = await issue();
    await bob.patch(`/issues/${id}`, { type: 3, severity: 5, priority: 1, status: 2 });
    const [entry] = await bob.get<HistoryView[]>(`/history/issue/${id}`);
    expect(entry!.values_diff).toEqual({
      type: ["Bug", "Enhancement"],
      severity: ["Normal", "Critical"],
      priority: ["Normal", "Low"],
      status: ["New", "In progress"],
    });
    expect(entry!.key).toBe(`issues.issue:${id}`);
  });

  test.each([
    ["type=3", [2]],
    ["exclude_type=3", [3, 1]],
    ["severity=5,1", [3, 2]],
    ["priority=3", [3]],
    ["milestone=1", [3]],
    ["milestone=null", [2, 1]],
    ["status__is_closed=true", [1]],
    ["order_by=severity", [3, 1, 2]],
    ["order_by=-ref", [3, 2, 1]],
    ["include_attachments=1", [3, 2, 1]],
  ])("%s finds %j, the newest first", async (query, expected) => {
    await issue({ status: 4 });
    await issue({ type: 3, severity: 5 });
    await issue({ severity: 1, priority: 3, milestone: 1 });
    expect(ids(await bob.get(`/issues?project=1&${query}`))).toEqual(expected);
  });

  test("many are answered newest first, unlike those of every other kind", async () => {
    const body = { project_id: 1, bulk_issues: "one\ntwo", milestone_id: 1 };
    const made = await bob.post("/issues/bulk_create", body);
    expect(made).toMatchObject([
      { subject: "two", ref: 2, milestone: 1 },
      { subject: "one", ref: 1, milestone: 1 },
    ]);
  });

  test("they move to a sprint in bulk, keep their version and are answered by id", async () => {
    await issue();
    const plan = { project_id: 1, milestone_id: 1, bulk_issues: [{ issue_id: 1 }] };
    expect(await bob.post("/issues/bulk_update_milestone", plan)).toEqual({ 1: 1 });
    expect(await bob.get("/issues/1")).toMatchObject({ milestone: 1, version: 1 });
    const foreign = { ...plan, bulk_issues: [{ issue_id: 99 }] };
    expect((await bob.call("POST /issues/bulk_update_milestone", foreign)).status).toBe(400);
  });

  describe("promoted to a story", () => {
    test("an issue stays, and both know of each other", async () => {
      const made = await issue({ tags: ["map"], assigned_to: 7, milestone: 1, watchers: [6] });
      await stan.patch("/issues/1", { comment: "Please" });
      const path = "/issues/1/promote_to_user_story";
      expect(await bob.post(path, { project_id: 1 })).toEqual([made.ref + 1]);
      const story = await bob.get(`/userstories/by_ref?project=1&ref=${made.ref + 1}`);
      expect(story).toMatchObject({
        subject: "An issue",
        tags: [["map", null]],
        assigned_to: 7,
        milestone: 1,
        watchers: [6, 9],
        total_comments: 1,
        generated_from_issue: 1,
        origin_issue: { id: 1, ref: made.ref, subject: "An issue" },
      });
      expect((await bob.get("/issues/1")).generated_user_stories).toEqual([
        { id: story.id, ref: story.ref, subject: story.subject },
      ]);
      await bob.remove("/issues/1");
      expect(await bob.get(`/userstories/${story.id}`)).toMatchObject({ origin_issue: null });
    });

    test("a task goes, and the story remembers its number", async () => {
      const task = await bob.post("/tasks", { project: 1, subject: "Wash" });
      const path = `/tasks/${task.id}/promote_to_user_story`;
      const [ref] = await bob.post<number[]>(path, { project_id: 1 });
      expect(await bob.get(`/userstories/by_ref?project=1&ref=${ref}`)).toMatchObject({
        from_task_ref: `Task #${task.ref}`,
        generated_from_task: null,
      });
      expect((await bob.call(`GET /tasks/${task.id}`)).status).toBe(404);
    });

    test("only in its own project and by who may add stories", async () => {
      await issue();
      const path = "POST /issues/1/promote_to_user_story";
      expect((await stan.call(path, { project_id: 1 })).status).toBe(403);
      expect((await alice.call(path, { project_id: 2 })).status).toBe(404);
      expect((await bob.call("GET /issues/1")).body.generated_user_stories).toBe(null);
    });
  });
});
