import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Answer, type Api } from "../support/api.ts";
import type { HistoryView, View } from "../support/view.ts";

describe("stories and tasks", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
    const dates = { estimated_start: "2026-11-16", estimated_finish: "2026-11-29" };
    await post("/milestones", { project: 1, name: "Sprint 1", ...dates });
  });
  afterEach(() => api.close());

  const post = async (path: string, body: object): Promise<View> => {
    const answer = await api.call(`POST ${path}`, { as: "bob", body });
    expect(answer.status).toBeLessThan(300);
    return answer.body;
  };
  const get = async <Body = View>(path: string): Promise<Body> =>
    (await api.call<Body>(`GET ${path}`, { as: "bob" })).body;
  const patch = async (path: string, body: object): Promise<Answer> => {
    const { version } = await get(path);
    return api.call(`PATCH ${path}`, { as: "bob", body: { version, ...body } });
  };
  const story = (fields: object = {}) =>
    post("/userstories", { project: 1, subject: "A story", ...fields });
  const task = (userStory: number, fields: object = {}) =>
    post("/tasks", { project: 1, subject: "A task", user_story: userStory, ...fields });

  describe("closing", () => {
    test("a story without tasks closes and opens with its status", async () => {
      const { id } = await story();
      expect((await patch(`/userstories/${id}`, { status: 5 })).body).toMatchObject({
        is_closed: true,
        finish_date: "2026-11-20T06:08:00Z",
      });
      expect((await patch(`/userstories/${id}`, { status: 2 })).body).toMatchObject({
        is_closed: false,
        finish_date: null,
      });
    });

    test("a done story with an open task stays open until the task is closed", async () => {
      const { id } = await story({ status: 5 });
      const { id: taskId } = await task(id);
      expect((await get(`/userstories/${id}`)).is_closed).toBe(false);
      await patch(`/tasks/${taskId}`, { status: 4 });
      expect((await get(`/userstories/${id}`)).is_closed).toBe(true);
    });

    test("closed tasks close a story whose own status is open", async () => {
      const { id } = await story();
      await task(id, { status: 4 });
      expect((await get(`/userstories/${id}`)).is_closed).toBe(true);
    });

    test("a sprint closes with its last item, and an empty one is open", async () => {
      expect((await get("/milestones/1")).closed).toBe(false);
      const { id } = await story({ milestone: 1, status: 5 });
      expect((await get("/milestones/1")).closed).toBe(true);
      const other = await story({ milestone: 1 });
      expect((await get("/milestones/1")).closed).toBe(false);
      await api.call(`DELETE /userstories/${other.id}`, { as: "bob" });
      expect((await get("/milestones/1")).closed).toBe(true);
      await patch(`/userstories/${id}`, { milestone: null });
      expect((await get("/milestones/1")).closed).toBe(false);
    });
  });

  test("tasks follow their story into a sprint and go when it is deleted", async () => {
    const { id } = await story();
    const { id: taskId, milestone } = await task(id, { milestone: 1 });
    expect(milestone).toBe(null);
    await patch(`/userstories/${id}`, { milestone: 1 });
    expect((await get(`/tasks/${taskId}`)).milestone).toBe(1);
    await api.call(`DELETE /userstories/${id}`, { as: "bob" });
    expect((await api.call(`GET /tasks/${taskId}`, { as: "bob" })).status).toBe(404);
  });

  test("points of a PATCH are merged, and total_points is their sum", async () => {
    const { id, total_points } = await story();
    expect(total_points).toBe(null);
    await patch(`/userstories/${id}`, { points: { 1: 5 } });
    const { body } = await patch(`/userstories/${id}`, { points: { 4: 6 } });
    expect(body).toMatchObject({ points: { 1: 5, 2: 1, 3: 1, 4: 6, 13: 1 }, total_points: 5 });
  });

  test("points of a role that does not estimate are refused and nothing changes", async () => {
    const { id } = await story();
    const answer = await patch(`/userstories/${id}`, { subject: "New", points: { 5: 1 } });
    expect([answer.status, answer.body]).toEqual([400, { points: "Invalid role id '5'" }]);
    expect(await get(`/userstories/${id}`)).toMatchObject({ subject: "A story", version: 1 });
  });

  test("a refused creation leaves a gap in the numbers only when the points were bad", async () => {
    await api.call("POST /userstories", {
      as: "bob",
      body: { project: 1, subject: "x", status: 8 },
    });
    expect((await story()).ref).toBe(1);
    await api.call("POST /userstories", {
      as: "bob",
      body: { project: 1, subject: "x", points: { 999: 1 } },
    });
    expect((await story()).ref).toBe(3);
  });

  test("the blocked note goes when the block does", async () => {
    const { id } = await story({ is_blocked: true, blocked_note: "waiting" });
    expect((await patch(`/userstories/${id}`, { is_blocked: false })).body.blocked_note).toBe("");
  });

  test("taking the assignee off leaves the other assigned users", async () => {
    const { id } = await story({ assigned_to: 7, assigned_users: [6, 7] });
    const { body } = await patch(`/userstories/${id}`, { assigned_to: null });
    expect(body).toMatchObject({ assigned_to: null, assigned_users: [6, 7] });
  });

  test("assignee conflicts go unnoticed, because the change is filed under assigned_users", async () => {
    const { id } = await story();
    await patch(`/userstories/${id}`, { assigned_to: 7 });
    expect((await patch(`/userstories/${id}`, { assigned_to: 6, version: 1 })).status).toBe(200);
    const [, first] = await get<HistoryView[]>(`/history/userstory/${id}`);
    expect(first!.values_diff).toEqual({ assigned_users: [null, "Bob B"] });
  });

  test("a move to another status goes to the end of the board; a moved backlog row makes room", async () => {
    const [a, b] = [await story(), await story()];
    const moved = (await patch(`/userstories/${a.id}`, { status: 2 })).body;
    expect(moved.kanban_order).toBeGreaterThan(b.kanban_order);
    const answer = await patch(`/userstories/${a.id}`, { backlog_order: b.backlog_order });
    expect(JSON.parse(answer.headers.get("Taiga-Info-Order-Updated")!)).toEqual({
      [b.id]: b.backlog_order + 1,
    });
  });

  test("changes of the order alone are kept out of the history", async () => {
    const { id } = await story();
    await patch(`/userstories/${id}`, { sprint_order: 3 });
    expect(await get(`/history/userstory/${id}`)).toEqual([]);
  });

  test("history has changes and comments, newest first, with readable values", async () => {
    const { id } = await story();
    await patch(`/userstories/${id}`, { status: 2, points: { 4: 6 }, milestone: 1 });
    await patch(`/userstories/${id}`, { comment: "done soon" });
    const [comment, change, ...older] = await get<HistoryView[]>(`/history/userstory/${id}`);
    expect(older).toEqual([]);
    expect(comment).toMatchObject({ type: 1, comment: "done soon", diff: {}, values_diff: {} });
    expect(change!.values_diff).toMatchObject({
      status: ["New", "Ready"],
      points: { Back: ["?", "3"] },
      milestone: [null, "Sprint 1"],
    });
    expect(await get(`/history/userstory/${id}?type=comment`)).toHaveLength(1);
    expect(await get(`/history/userstory/${id}?type=activity`)).toHaveLength(1);
  });

  test("a custom field's change is in the item's history and leaves its version alone", async () => {
    const { id } = await story();
    const values = `/userstories/custom-attributes-values/${id}`;
    await patch(values, { attributes_values: { 1: 5 } });
    const [entry] = await get<HistoryView[]>(`/history/userstory/${id}`);
    expect(entry!.values_diff["custom_attributes"]).toMatchObject({
      new: [{ name: "Est", value: 5 }],
    });
    expect((await get(`/userstories/${id}`)).version).toBe(1);
  });

  test("archived projects refuse writes but let bulk creation through; blocked ones nothing", async () => {
    const { control } = api.sandbox;
    const bulk = () =>
      api.call("POST /userstories/bulk_create", {
        as: "bob",
        body: { project_id: 1, bulk_stories: "x" },
      });
    control.freezeProject("alice-alpha-one", "archived");
    expect((await bulk()).status).toBe(200);
    control.freezeProject("alice-alpha-one", "blocked");
    expect((await bulk()).status).toBe(451);
    control.freezeProject("alice-alpha-one", null);
    expect((await story()).id).toBe(2);
  });

  test("tasks move to a sprint in bulk, keep their version and are answered by id", async () => {
    await post("/tasks", { project: 1, subject: "Loose" });
    const plan = { project_id: 1, milestone_id: 1, bulk_tasks: [{ task_id: 1, order: 1 }] };
    expect(await post("/tasks/bulk_update_milestone", plan)).toEqual({ 1: 1 });
    expect(await get("/tasks/1")).toMatchObject({ milestone: 1, version: 1 });
  });

  test.each([
    ["/userstories", { bulk_stories: [{ us_id: 1, order: 1 }] }],
    ["/tasks", { bulk_tasks: [{ task_id: 1 }] }],
  ])("who may only look plans no %s", async (path, rows) => {
    await post(path, { project: 1, subject: "Loose" });
    const body = { project_id: 1, milestone_id: 1, ...rows };
    const plan = (as: string) => api.call(`POST ${path}/bulk_update_milestone`, { as, body });
    expect((await plan("stan")).status).toBe(403);
    expect((await get(`${path}/1`)).milestone).toBe(null);
    expect((await plan("bob")).status).toBeLessThan(300);
    expect((await get(`${path}/1`)).milestone).toBe(1);
  });

  test("a move to another project takes rights in both, a status of the other, and a new number", async () => {
    await story();
    await task(1, { user_story: null });
    const move = (as: string, path: string, status: number) =>
      api.call(`PATCH ${path}`, { as, body: { project: 2, status, version: 1 } });
    expect((await move("alice", "/userstories/1", 1)).status).toBe(403);
    expect((await move("bob", "/userstories/1", 7)).status).toBe(403);
    expect((await move("bob", "/tasks/1", 6)).status).toBe(403);
    expect(await get("/userstories/1")).toMatchObject({ project: 1, version: 1 });
    expect((await move("alice", "/userstories/1", 7)).body).toMatchObject({ project: 2, ref: 1 });
    expect((await move("alice", "/tasks/1", 6)).body).toMatchObject({ project: 2, ref: 2 });
  });

  test("a mention makes a member watch; an outsider's name does nothing", async () => {
    const { watchers } = await story({ description: "@alice and @carol, mail me@bob.example" });
    expect(watchers).toEqual([6]);
  });

  test("what was typed cannot become markup", async () => {
    const { description_html } = await story({ description: "<script>x</script> **b**" });
    expect(description_html).toBe("<p>&lt;script&gt;x&lt;/script&gt; <strong>b</strong></p>");
  });
});
