import { type TimelineEntry } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import getActivity from "../../../src/tools/core/get-activity.ts";
import { createTaigaDouble, projectOf } from "../../support/taiga-double.ts";
import { createBench } from "../../support/tool-context.ts";

let nextId = 1;
const event = (
  created: string,
  type = "userstories.userstory.change",
  data: object = {},
): TimelineEntry => ({
  id: nextId++,
  event_type: type,
  created,
  data: {
    user: { id: 6, username: "alice", name: "Alice" },
    project: { id: 1, name: "alpha one", slug: "alpha-one" },
    userstory: { id: 100, ref: 1, subject: "Ring the bell" },
    milestone: null,
    task: null,
    issue: null,
    epic: null,
    wikipage: null,
    role: null,
    comment: "",
    comment_deleted: false,
    values_diff: { status: ["New", "Done"] },
    ...data,
  },
});
const at = (minute: number) => `2026-11-20T10:${String(minute).padStart(2, "0")}:00.000Z`;
const texts = (data: Record<string, any>) =>
  data.events.map(({ at: when }: { at: string }) => when);

describe("get_activity", () => {
  it("tells who did what to what, in people's words, with one request", async () => {
    const bench = createBench();
    bench.double.timeline = [
      event(at(9), "epics.relateduserstory.create", { epic: { id: 5, ref: 9, subject: "E" } }),
      event(at(8), "wiki.wikipage.change", {
        wikipage: { id: 3, slug: "home" },
        values_diff: { content_diff: [null, "<ins>x</ins>"], content_html: ["", "<p>x</p>"] },
      }),
      event(at(7), undefined, {
        comment: "Done\n@bob",
        values_diff: {
          points: { Back: ["?", "3"] },
          custom_attributes: {
            new: [],
            deleted: [],
            changed: [{ name: "Est", value_diff: [6, 7] }],
          },
          kanban_order: [1, 2],
        },
      }),
      event(at(6), undefined, { comment: "gone", comment_deleted: true, values_diff: {} }),
      event(at(5), undefined, { values_diff: { backlog_order: [1, 2] } }),
      event(at(4), "userstories.userstory.delete"),
    ];
    const { text } = await bench.call(getActivity, {});
    expect(text.split("\n").slice(2, -1)).toEqual([
      "2026-11-20 10:09 @alice added to epic #9: story #1 Ring the bell",
      "2026-11-20 10:08 @alice changed wiki page wiki:home | content",
      '2026-11-20 10:07 @alice changed story #1 Ring the bell | points: Back ? → 3 | custom_fields: Est 6 → 7 | "Done @bob"',
      "2026-11-20 10:04 @alice deleted story #1 Ring the bell",
    ]);
    expect(bench.asked()).toEqual(["timeline.project"]);
  });

  it("tells an event once that Taiga tells a person several times", async () => {
    const bench = createBench();
    bench.double.timeline = [event(at(2)), event(at(2)), event(at(1))];
    const { data } = await bench.call(getActivity, { person: "me" });
    expect(texts(data)).toEqual([at(2), at(1)]);
    expect(data.events[0].ref).toBe("alpha-one#1");
    expect(bench.asked()).toEqual(["timeline.user"]);
  });

  it("shows of a person's timeline only projects that the grant covers", async () => {
    const double = createTaigaDouble([projectOf(1, "alpha-one"), projectOf(2, "secret")]);
    const project = { id: 2, name: "secret", slug: "secret" };
    double.timeline = [
      event(at(3), undefined, { project }),
      event(at(2), undefined, { project: null }),
      event(at(1)),
    ];
    const { data, text } = await createBench({ double, projects: [1] }).call(getActivity, {
      person: "me",
    });
    expect(texts(data)).toEqual([at(1)]);
    expect(text).not.toContain("secret");
  });

  it("narrows a member's timeline to the project in which they were named", async () => {
    const double = createTaigaDouble([projectOf(1, "alpha-one"), projectOf(2, "beta")]);
    const project = { id: 2, name: "beta", slug: "beta" };
    double.timeline = [event(at(3), undefined, { project }), event(at(1))];
    const bench = createBench({ double });
    const input = { person: "alice", project: "alpha-one" };
    expect(texts((await bench.call(getActivity, input)).data)).toEqual([at(1)]);
    await expect(bench.call(getActivity, { person: "alice" })).rejects.toThrow("project: name one");
  });

  it("stops at the day asked for", async () => {
    const bench = createBench();
    bench.double.timeline = [
      event(at(2)),
      event("2026-11-19T23:59:59Z"),
      event("2026-11-18T00:00:00Z"),
    ];
    const { data } = await bench.call(getActivity, { since: "2026-11-19" });
    expect(data.events).toHaveLength(2);
    expect(data.cursor).toBeUndefined();
  });

  it("goes on where it stopped, though new events come meanwhile and some share a moment", async () => {
    const bench = createBench();
    bench.double.timeline = Array.from({ length: 250 }, (_, index) =>
      event(
        new Date(Date.UTC(2026, 10, 20) - Math.floor(index / 3) * 1000).toISOString(),
        undefined,
        {
          comment: String(index),
        },
      ),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { data } = await bench.call(getActivity, { limit: 40, ...(cursor && { cursor }) });
      seen.push(...data.events.map(({ comment }: { comment: string }) => comment));
      cursor = data.cursor as string | undefined;
      bench.double.timeline.unshift(event("2026-11-21T00:00:00Z"));
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 250 }, (_, index) => String(index)));
  });

  // @rule TAIGA-6
  it("reads a bounded number of pages, however little of them is wanted", async () => {
    const bench = createBench({ projects: [1] });
    const project = { id: 2, name: "secret", slug: "secret" };
    bench.double.timeline = Array.from({ length: 1_200 }, () =>
      event(at(1), undefined, { project }),
    );
    const { data } = await bench.call(getActivity, { person: "me" });
    expect(bench.asked()).toHaveLength(10);
    expect(data.events).toEqual([]);
    const rest = await bench.call(getActivity, { person: "me", cursor: data.cursor });
    expect(bench.asked()).toHaveLength(2);
    expect(rest.data.cursor).toBeUndefined();
  });
});
