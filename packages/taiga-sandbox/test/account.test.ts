import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "./support/api.ts";
import { createApiUser } from "./support/user.ts";

interface Notices {
  objects: { id: number; event_type: number; read: string | null; data: { obj: object } }[];
  total: number;
}

describe("what Taiga's own pages tell people", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi({ seed: "capture" });
  });
  afterEach(() => api.close());
  const bob = createApiUser(() => api, "bob");
  const rita = createApiUser(() => api, "rita");

  const events = async (user: typeof bob): Promise<number[]> =>
    (await user.get<Notices>("/web-notifications")).objects.map((row) => row.event_type);

  // @rule SBX-NOTICES
  test("who is assigned, mentioned or made a watcher is told, and the author is not", async () => {
    await bob.post("/issues", { project: 1, subject: "i", description: "@rita", assigned_to: 7 });
    await bob.patch("/issues/1", { assigned_to: 10 });
    await bob.patch("/issues/1", { comment: "see @rita" });
    expect(await events(rita)).toEqual([6, 1, 2]);
    expect(await events(bob)).toEqual([]);
    const [first] = (await rita.get<Notices>("/web-notifications")).objects;
    expect(first?.data.obj).toEqual({ id: 1, ref: 1, subject: "i", content_type: "issue" });
  });

  test("watchers hear of comments, unless they switched the bell off", async () => {
    await bob.post("/userstories", { project: 1, subject: "s", watchers: [10] });
    await bob.patch("/userstories/1", { comment: "one" });
    expect(await events(rita)).toEqual([5, 3]);
    const [policy] = await rita.get<{ id: number }[]>("/notify-policies");
    await rita.call(`PATCH /notify-policies/${policy!.id}`, { web_notify_level: false });
    await bob.patch("/userstories/1", { comment: "two" });
    expect(await events(rita)).toEqual([5, 3]);
  });

  test("notifications can be read one by one or all at once", async () => {
    await bob.post("/tasks", { project: 1, subject: "t", assigned_to: 10 });
    await bob.post("/tasks", { project: 1, subject: "u", assigned_to: 10 });
    const { objects } = await rita.get<Notices>("/web-notifications");
    await rita.call(`PATCH /web-notifications/${objects[0]!.id}/set-as-read`);
    const unread = await rita.get<Notices>("/web-notifications?only_unread=true");
    expect(unread.total).toBe(1);
    await rita.post("/web-notifications/set-as-read");
    expect((await rita.get<Notices>("/web-notifications?only_unread=true")).total).toBe(0);
  });
});
