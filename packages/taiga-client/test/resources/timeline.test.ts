import { describe, expect, it } from "vitest";
import { TimelineEntry } from "../../src/resources/timeline.ts";
import { createTaigaClient } from "../../src/taiga-client.ts";
import { createFakeTransport } from "../support/fake-transport.ts";
import { capture, toResponse } from "../support/observed.ts";

const entryOf = (eventType: string, data: object) =>
  TimelineEntry.parse({ id: 1, event_type: eventType, created: "2026-11-20T06:12:32Z", data }).data;

const project = { id: 1, name: "Alpha", slug: "alpha", description: "d" };

describe("a timeline", () => {
  it("comes in pages, the newest first", async () => {
    const { transport } = createFakeTransport(toResponse(capture("timeline_proj")));

    const page = await createTaigaClient(transport).timeline.project(1);

    expect(page).toMatchObject({ total: 53, page: 1, pageSize: 30, hasNext: true });
    expect(page.items[0]).toMatchObject({
      id: 153,
      event_type: "userstories.userstory.change",
      created: "2026-11-20T06:13:21.108Z",
      data: {
        user: { id: 7, username: "bob", name: "Bob B" },
        project: { id: 1, slug: "alice-alpha-one" },
        milestone: { slug: "sprint-1" },
        userstory: { id: 1, ref: 1, subject: "hooked" },
        task: null,
        comment: "via hook",
        comment_deleted: false,
        values_diff: { subject: ["put subj", "hooked"] },
      },
    });
  });

  it("tells a comment that was deleted, because Taiga still sends its text", () => {
    const task = { id: 2, ref: 8, subject: "T" };
    const data = { project, task, comment: "no!", comment_deleted: true, values_diff: {} };
    expect(entryOf("tasks.task.change", data)).toMatchObject({ task, comment_deleted: true });
  });

  it("has entries without a project, a change or a comment", () => {
    const user = { id: 7, username: "bob", name: "Bob B" };
    expect(entryOf("users.user.create", { user })).toMatchObject({
      user,
      project: null,
      comment: "",
      values_diff: {},
    });
    expect(
      entryOf("projects.membership.create", { user, project, role: { id: 3, name: "Back" } }),
    ).toMatchObject({ user, role: { name: "Back" } });
  });

  it("has the pages of a wiki by slug", () => {
    const wikipage = { id: 1, slug: "home" };
    expect(entryOf("wiki.wikipage.change", { project, wikipage })).toMatchObject({ wikipage });
  });
});
