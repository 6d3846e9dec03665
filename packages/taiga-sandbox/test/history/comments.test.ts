import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "../support/api.ts";
import { createApiUser } from "../support/user.ts";
import type { HistoryView, View } from "../support/view.ts";

describe("comments", () => {
  let api: Api;
  let id: string;
  beforeEach(async () => {
    api = await startApi();
    await bob.post("/userstories", { project: 1, subject: "S" });
    await stan.patch("/userstories/1", { comment: "first" });
    id = (await bob.get<HistoryView[]>("/history/userstory/1"))[0]!.id;
  });
  afterEach(() => api.close());
  const alice = createApiUser(() => api, "alice");
  const bob = createApiUser(() => api, "bob");
  const stan = createApiUser(() => api, "stan");
  const carol = createApiUser(() => api, "carol");
  const act = (user: typeof bob, action: string, body?: object) =>
    user.call(`POST /history/userstory/1/${action}?id=${id}`, body);
  const comment = async () =>
    (await bob.get<HistoryView[]>("/history/userstory/1?type=comment"))[0];

  test("can be edited by their author and by administrators, who see every former text", async () => {
    expect((await act(bob, "edit_comment", { comment: "no" })).status).toBe(403);
    expect((await act(stan, "edit_comment", { comment: "second" })).status).toBe(200);
    expect((await act(alice, "edit_comment", { comment: "third" })).status).toBe(200);
    expect(await comment()).toMatchObject({
      comment: "third",
      comment_html: "<p>third</p>",
      edit_comment_date: "2026-11-20T06:08:00Z",
    });
    const path = `/history/userstory/1/comment_versions?id=${id}`;
    const versions = await stan.get<{ comment: string; user: View }[]>(path);
    expect(versions.map((row) => [row.comment, row.user.username])).toEqual([
      ["first", "stan"],
      ["second", "alice"],
    ]);
    expect((await bob.call(`GET ${path}`)).status).toBe(403);
  });

  test("keep their text when deleted, and are still counted", async () => {
    expect((await act(bob, "delete_comment")).status).toBe(403);
    await act(stan, "delete_comment");
    expect(await comment()).toMatchObject({
      comment: "first",
      delete_comment_user: { pk: 9, name: "Stan S" },
    });
    expect((await bob.get("/userstories/1")).total_comments).toBe(1);
    expect((await act(stan, "edit_comment", { comment: "x" })).body).toEqual({
      error: "deleted comments can't be edited",
    });
  });

  test("can be restored by the user who deleted them or an administrator, not by their author", async () => {
    await act(alice, "delete_comment");
    expect((await act(stan, "undelete_comment")).status).toBe(403);
    expect((await act(alice, "undelete_comment")).status).toBe(200);
    expect(await comment()).toMatchObject({ delete_comment_date: null, delete_comment_user: null });
    const again = await act(alice, "undelete_comment");
    expect([again.status, again.body]).toEqual([400, { error: "Comment not deleted" }]);
    expect((await bob.get("/userstories/1")).total_comments).toBe(1);
  });

  test("are out of reach by another object's path and for outsiders", async () => {
    await bob.post("/tasks", { project: 1, subject: "T" });
    const wrong = await stan.call(`POST /history/task/1/delete_comment?id=${id}`);
    expect([wrong.status, wrong.body]).toEqual([404, null]);
    expect((await act(carol, "delete_comment")).status).toBe(403);
    const anonymous = await api.call(`POST /history/userstory/1/delete_comment?id=${id}`);
    expect(anonymous.status).toBe(401);
  });

  test("an old version is accepted, because comments are not part of diffs", async () => {
    await bob.patch("/userstories/1", { subject: "S2" });
    const late = await stan.call("PATCH /userstories/1", { comment: "late", version: 1 });
    expect(late.status).toBe(200);
  });
});

describe("votes and watching", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
    for (const path of ["/epics", "/userstories", "/tasks", "/issues"]) {
      await bob.post(path, { project: 1, subject: "It" });
    }
    await bob.post("/wiki", { project: 1, slug: "home" });
  });
  afterEach(() => api.close());
  const bob = createApiUser(() => api, "bob");
  const stan = createApiUser(() => api, "stan");
  const carol = createApiUser(() => api, "carol");
  const items = ["/epics/1", "/userstories/1", "/tasks/1", "/issues/1"];

  test.each(items)("%s counts each voter once and leaves the version alone", async (path) => {
    for (const user of [bob, stan, bob]) await user.post(`${path}/upvote`);
    expect(await bob.get(path)).toMatchObject({ total_voters: 2, is_voter: true, version: 1 });
    await bob.post(`${path}/downvote`);
    await bob.post(`${path}/downvote`);
    expect(await bob.get(path)).toMatchObject({ total_voters: 1, is_voter: false });
    expect(await bob.get(`${path}/voters`)).toEqual([
      { id: 9, username: "stan", full_name: "Stan S" },
    ]);
    await bob.remove(path);
    expect((await bob.call(`GET ${path}/voters`)).status).toBe(404);
  });

  test.each([...items, "/wiki/1"])("%s can be watched, more than once too", async (path) => {
    for (const user of [stan, bob, stan]) await user.post(`${path}/watch`);
    expect(await stan.get(path)).toMatchObject({ is_watcher: true, total_watchers: 2 });
    await stan.post(`${path}/unwatch`);
    expect(await stan.get(path)).toMatchObject({ is_watcher: false, total_watchers: 1 });
    expect(await bob.get(`${path}/watchers`)).toEqual([
      { id: 7, username: "bob", full_name: "Bob B" },
    ]);
  });

  test("an invisible object is missing for an action and forbidden to read", async () => {
    expect((await carol.call("POST /tasks/1/watch")).status).toBe(404);
    expect((await carol.call("GET /tasks/1/watchers")).status).toBe(403);
    expect((await api.call("POST /tasks/1/watch")).status).toBe(401);
  });
});
