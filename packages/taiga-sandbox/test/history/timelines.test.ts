import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "../support/api.ts";
import { createApiUser } from "../support/user.ts";
import type { HistoryView, TimelineView } from "../support/view.ts";

/** There are more than two rows from the start: of the project and its members. */
type Timeline = [TimelineView, TimelineView, TimelineView, ...TimelineView[]];

describe("timelines", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.close());
  const alice = createApiUser(() => api, "alice");
  const bob = createApiUser(() => api, "bob");
  const stan = createApiUser(() => api, "stan");
  const carol = createApiUser(() => api, "carol");
  const typesOf = (rows: { event_type: string }[]) => rows.map((row) => row.event_type);
  const project = () => bob.get<Timeline>("/timeline/project/1");

  test("begin with the project and its members", async () => {
    expect(typesOf(await project())).toEqual([
      "projects.membership.create",
      "projects.membership.create",
      "projects.project.create",
    ]);
    const [membership] = await project();
    expect(membership.data).toMatchObject({
      user: { username: "stan" },
      role: { name: "Stakeholder" },
      project: { slug: "alice-alpha-one" },
    });
  });

  test.each([
    ["/epics", { subject: "It" }, { subject: "New" }, "epics.epic", "epic"],
    ["/userstories", { subject: "It" }, { subject: "New" }, "userstories.userstory", "userstory"],
    ["/tasks", { subject: "It" }, { subject: "New" }, "tasks.task", "task"],
    ["/issues", { subject: "It" }, { subject: "New" }, "issues.issue", "issue"],
    ["/wiki", { slug: "it" }, { content: "New" }, "wiki.wikipage", "wikipage"],
    [
      "/milestones",
      { name: "It", estimated_start: "2026-11-16", estimated_finish: "2026-11-29" },
      { name: "New" },
      "milestones.milestone",
      "milestone",
    ],
  ])("tell of %s from making to deleting, newest first", async (path, fields, edit, type, name) => {
    await bob.post(path, { project: 1, ...fields });
    api.pass(1);
    await bob.patch(`${path}/1`, edit);
    api.pass(1);
    await bob.remove(`${path}/1`);
    const [deleted, changed, created] = await project();
    expect(typesOf([deleted, changed, created])).toEqual([
      `${type}.delete`,
      `${type}.change`,
      `${type}.create`,
    ]);
    expect(created.data[name]).toMatchObject({ id: 1 });
    expect(Object.keys(changed.data.values_diff)).not.toEqual([]);
    expect(new Set([deleted, changed, created].map((row) => row.id)).size).toBe(3);
    expect(changed.data.user.username).toBe("bob");
  });

  test("keep what was true then", async () => {
    await bob.post("/issues", { project: 1, subject: "Old" });
    api.pass(1);
    await bob.patch("/issues/1", { subject: "New", description: "long", comment: "see" });
    const [changed, created] = await project();
    expect(created.data.issue.subject).toBe("Old");
    expect(changed.data).toMatchObject({
      issue: { id: 1, ref: 1, subject: "New" },
      comment: "see",
      values_diff: {
        subject: ["Old", "New"],
        description_diff: "Check the history API for the exact diff",
      },
    });
  });

  test("tell of an edited or deleted comment once more, at the time of the comment", async () => {
    await bob.post("/tasks", { project: 1, subject: "T" });
    await bob.patch("/tasks/1", { comment: "first" });
    const id = (await bob.get<HistoryView[]>("/history/task/1"))[0]!.id;
    api.pass(60);
    await bob.post(`/history/task/1/edit_comment?id=${id}`, { comment: "second" });
    await bob.post(`/history/task/1/delete_comment?id=${id}`);
    const [deleted, edited, first] = await project();
    expect(first.data).toMatchObject({ comment: "first" });
    expect(edited.data).toMatchObject({ comment: "second", comment_edited: true });
    expect(deleted.data).toMatchObject({ comment_deleted: true });
    expect(deleted.created).toBe(first.created);
  });

  test("tell of links between epics and stories", async () => {
    await bob.post("/epics", { project: 1, subject: "E" });
    await bob.post("/userstories", { project: 1, subject: "S" });
    api.pass(1);
    await bob.post("/epics/1/related_userstories", { epic: 1, user_story: 1 });
    const [row] = await project();
    expect(row).toMatchObject({
      event_type: "epics.relateduserstory.create",
      data: { epic: { id: 1 }, userstory: { id: 1 } },
    });
  });

  test("a person's own tells once for each person it concerns, under different ids", async () => {
    await bob.post("/issues", { project: 1, subject: "I", assigned_to: 6, watchers: [9] });
    const rows = await stan.get<TimelineView[]>("/timeline/user/7");
    const issues = rows.filter((row) => row.event_type === "issues.issue.create");
    expect(issues.map((row) => row.object_id).toSorted((a, b) => a - b)).toEqual([6, 7, 9]);
    expect(new Set(issues.map((row) => row.id)).size).toBe(3);
    expect(new Set(issues.map((row) => row.namespace))).toEqual(new Set(["user:7"]));
  });

  test("a profile lists the events that concern a user, by any author", async () => {
    await bob.post("/issues", { project: 1, subject: "I", assigned_to: 6 });
    const [row] = await bob.get<TimelineView[]>("/timeline/profile/6");
    expect(row).toMatchObject({ object_id: 6, data: { user: { username: "bob" } } });
  });

  test("hide events that the caller may not see", async () => {
    await bob.post("/issues", { project: 1, subject: "Secret" });
    expect((await carol.call("GET /timeline/project/1")).status).toBe(403);
    expect((await api.call("GET /timeline/project/1")).status).toBe(401);
    expect((await carol.call("GET /timeline/project/99")).status).toBe(404);
    expect(await carol.get("/timeline/user/7")).toEqual([]);
    expect((await carol.call("GET /timeline/user/99")).status).toBe(404);
    expect((await alice.get<TimelineView[]>("/timeline/user/7")).length).toBeGreaterThan(0);
  });

  test("leave out comments and deletions when only the relevant is wanted", async () => {
    await bob.post("/tasks", { project: 1, subject: "T" });
    await bob.patch("/tasks/1", { comment: "only words" });
    await bob.patch("/tasks/1", { subject: "T2" });
    await bob.remove("/tasks/1");
    const rows = await bob.get<TimelineView[]>("/timeline/project/1?only_relevant=true");
    expect(typesOf(rows).filter((type) => type.startsWith("tasks"))).toEqual([
      "tasks.task.change",
      "tasks.task.create",
    ]);
  });

  test("come in pages", async () => {
    for (let left = 31; left > 0; left -= 1) {
      await bob.post("/tasks", { project: 1, subject: `T${left}` });
    }
    const { headers, body } = await bob.call("GET /timeline/project/1?page=2");
    expect(headers.get("x-pagination-count")).toBe("34");
    expect(body).toHaveLength(4);
  });

  test("do not tell of a place on a board", async () => {
    await bob.post("/userstories", { project: 1, subject: "S" });
    const before = await project();
    await bob.patch("/userstories/1", { backlog_order: 7 });
    expect(await project()).toEqual(before);
  });
});
