import { describe, expect, it } from "vitest";
import listNotifications from "../../../src/tools/notifications/list-notifications.ts";
import setNotificationLevel from "../../../src/tools/notifications/set-notification-level.ts";
import setNotificationsRead from "../../../src/tools/notifications/set-notifications-read.ts";
import { createTaiga } from "../../support/taiga.ts";
import { projectOf } from "../../support/taiga-seed.ts";
import { createBench, outcomes } from "../../support/tool-context.ts";

/** Alice has assigned bob a story in each of two projects. */
async function open(projects: "all" | number[] = "all") {
  const taiga = createTaiga([projectOf("alpha-one"), projectOf("beta-two")]);
  for (const { id, name, slug } of taiga.state.projects) {
    const subject = `Ring bell ${id}`;
    taiga.state.webNotifications.push({
      id,
      event_type: 1,
      user: 7,
      author: 6,
      data: {
        obj: { id: 100 + id, ref: 1, subject, content_type: "userstory" },
        project: { id, name, slug },
      },
      created: `2026-11-20T06:10:2${id}+0000`,
      read: null,
    });
  }
  return createBench({ taiga, projects });
}

const refsOf = (data: Record<string, any>): string[] =>
  data["notifications"].map(({ ref }: { ref: string }) => ref);

describe("list_notifications", () => {
  it("shows what Taiga told the user, the newest first, by name and reference", async () => {
    const { call, asked } = await open();
    asked();
    const { data, text } = await call(listNotifications, { unread: true });
    expect(refsOf(data).toSorted()).toEqual(["alpha-one#1", "beta-two#1"]);
    expect(text).toMatch(/• .* @alice assigned you to story alpha-one#1 Ring bell 1/);
    expect(asked()).toEqual(["GET /web-notifications"]);
  });

  it("shows nothing of projects that the grant does not cover", async () => {
    const { call } = await open([1]);
    const { data, text } = await call(listNotifications, {});
    expect(refsOf(data)).toEqual(["alpha-one#1"]);
    expect(text).not.toContain("beta-two");
  });
});

describe("set_notifications_read", () => {
  const unread = async (call: Awaited<ReturnType<typeof open>>["call"]) =>
    refsOf((await call(listNotifications, { unread: true })).data);

  it("marks those about some items, or all", async () => {
    const { call } = await open();
    const { data } = await call(setNotificationsRead, { refs: ["alpha-one#1"] });
    expect(data).toEqual({ outcome: "read", count: 1 });
    expect(await unread(call)).toEqual(["beta-two#1"]);
    await call(setNotificationsRead, {});
    expect(await unread(call)).toEqual([]);
  });

  it("leaves those of other projects alone when the grant is limited", async () => {
    const bench = await open([1]);
    expect((await bench.call(setNotificationsRead, {})).data.count).toBe(1);
    const { call } = createBench({ taiga: bench.taiga });
    expect(await unread(call)).toEqual(["beta-two#1"]);
  });

  it("writes nothing in a dry run, or for an unknown reference", async () => {
    const { call } = await open();
    expect((await call(setNotificationsRead, { dry_run: true })).data.count).toBe(2);
    await expect(call(setNotificationsRead, { refs: ["alpha-one#9"] })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await unread(call)).toHaveLength(2);
  });
});

describe("set_notification_level", () => {
  it("sets how much Taiga tells of several projects, and says what it was", async () => {
    const { call, taiga } = await open();
    const projects = ["alpha-one", "beta-two"];
    const { data, text } = await call(setNotificationLevel, {
      projects,
      mail: "none",
      list: false,
    });
    expect(outcomes(data)).toEqual(["changed", "changed"]);
    expect(text).toContain("mail involved → none");
    const policies = await taiga.client.notifications.listPolicies();
    expect(policies.map((one) => [one.notify_level, one.web_notify_level])).toEqual([
      [3, false],
      [3, false],
    ]);
  });

  it("changes nothing in a dry run, and wants something to change", async () => {
    const { call, taiga } = await open();
    const before = await taiga.client.notifications.listPolicies();
    await call(setNotificationLevel, { projects: ["alpha-one"], mail: "all", dry_run: true });
    await expect(call(setNotificationLevel, { projects: ["alpha-one"] })).rejects.toThrow(
      "give mail, live or list",
    );
    expect(await taiga.client.notifications.listPolicies()).toEqual(before);
  });
});
