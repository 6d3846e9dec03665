import { beforeEach, describe, expect, it } from "vitest";
import updateItems from "../../../src/tools/core/update-items.ts";
import getItems from "../../../src/tools/core/get-items.ts";
import { createTaiga, FORBIDDEN, type Taiga } from "../../support/taiga.ts";
import { type Bench, createBench, outcomes } from "../../support/tool-context.ts";

let taiga: Taiga;
let bench: Bench;
beforeEach(() => {
  taiga = createTaiga();
  bench = createBench({ taiga });
});

const NEXT = 3;

describe("stories that move to one sprint", () => {
  // @rule COST-12
  it("move with one request, which the answer checks with one more", async () => {
    const stories = [1, 2, 3, 4].map(() => taiga.add("userstory"));
    await bench.call(getItems, { refs: ["#1", "#2", "#3", "#4"] });
    bench.asked();
    const { data } = await bench.call(updateItems, {
      items: ["#1", "#2", "#3", "#4"],
      set: { sprint: "next" },
    });
    expect(outcomes(data)).toEqual(["updated", "updated", "updated", "updated"]);
    expect(data.items[0].changes).toEqual([
      { field: "sprint", before: "backlog", after: "Sprint 3" },
    ]);
    expect(stories.map(({ milestone }) => milestone)).toEqual([NEXT, NEXT, NEXT, NEXT]);
    const asked = bench.asked();
    expect(asked.filter((request) => !request.startsWith("GET /userstories/1"))).toEqual([
      "POST /userstories/bulk_update_milestone",
      "GET /userstories",
    ]);
    expect(asked).toHaveLength(6);
    // The versions in the answer are good for the next change.
    const [{ version }] = data.items;
    const next = await bench.call(updateItems, {
      items: [{ ref: "#1", version, sprint: "backlog" }],
    });
    expect(outcomes(next.data)).toEqual(["updated"]);
  });

  // @rule TAIGA-21
  it("leaves out those that others have moved, and those that are there", async () => {
    const [one, moved, there] = [
      taiga.add("userstory"),
      taiga.add("userstory"),
      taiga.add("userstory", { milestone: NEXT }),
    ];
    const read = await bench.call(getItems, { refs: ["#1", "#2", "#3"] });
    taiga.change(moved, { milestone: 2 });
    moved.version = 1;
    const { data } = await bench.call(updateItems, {
      items: read.data.items.map(({ ref, version }: Record<string, string>) => ({ ref, version })),
      set: { sprint: "next" },
    });
    expect(outcomes(data)).toEqual(["updated", "conflict", "unchanged"]);
    expect([one, moved, there].map(({ milestone }) => milestone)).toEqual([NEXT, 2, NEXT]);
  });

  // @rule TAIGA-20
  it("undoes nothing that somebody saves at the same moment", async () => {
    const [story] = [taiga.add("userstory"), taiga.add("userstory")];
    taiga.sandbox.control.after = ({ path }) => {
      if (!path.endsWith("/bulk_update_milestone")) return;
      taiga.sandbox.control.after = undefined;
      // Alice's page has read the story before the move, and writes all of it back.
      taiga.change(story, { milestone: null, subject: "by alice" });
    };
    const { data } = await bench.call(updateItems, {
      items: ["#1", "#2"],
      set: { sprint: "next" },
    });
    expect(outcomes(data)).toEqual(["updated", "updated"]);
    expect(story).toMatchObject({ milestone: NEXT, subject: "by alice" });
    expect(data.items[0].note).toContain("@alice");
  });

  it("fail together when Taiga refuses", async () => {
    const stories = [taiga.add("userstory"), taiga.add("userstory")];
    taiga.before((request) =>
      request === "POST /userstories/bulk_update_milestone" ? FORBIDDEN : undefined,
    );
    const { data } = await bench.call(updateItems, {
      items: ["#1", "#2"],
      set: { sprint: "next" },
    });
    expect(outcomes(data)).toEqual(["failed", "failed"]);
    expect(stories.map(({ milestone }) => milestone)).toEqual([null, null]);
  });
});

describe("a task and its sprint", () => {
  // @rule TAIGA-22
  it("goes along with its story of the same call", async () => {
    const story = taiga.add("userstory");
    const task = taiga.add("task", { user_story: story.id });
    const dry = await bench.call(updateItems, {
      items: ["#2", "#1"],
      set: { sprint: "next" },
      dry_run: true,
    });
    expect(outcomes(dry.data)).toEqual(["would_update", "would_update"]);
    const { data } = await bench.call(updateItems, {
      items: [{ ref: "#2", status: "Closed" }, "#1"],
      set: { sprint: "next" },
    });
    expect(outcomes(data)).toEqual(["updated", "updated"]);
    expect(data.items[0]).toMatchObject({
      ref: "#2",
      changes: [{ field: "sprint", after: "Sprint 3" }, { field: "status" }],
      note: expect.stringContaining("goes along with its story #1"),
    });
    expect([story.milestone, task.milestone]).toEqual([NEXT, NEXT]);
    expect(task.status).toBe(12);
  });

  // @rule TAIGA-22
  it("stays when its story cannot be moved", async () => {
    const story = taiga.add("userstory");
    const task = taiga.add("task", { user_story: story.id });
    taiga.change(story, { milestone: 2 });
    const { data } = await bench.call(updateItems, {
      items: ["#2", { ref: "#1", version: "1" }],
      set: { sprint: "next" },
    });
    expect(outcomes(data)).toEqual(["failed", "conflict"]);
    expect(task.milestone).toBe(2);
  });

  // @rule TAIGA-22
  it("is told that the sprint of a new story counts", async () => {
    taiga.add("userstory", { milestone: 2 });
    taiga.add("task", { milestone: 2 });
    const refused = bench.call(updateItems, {
      items: [{ ref: "#2", parent: "#1", sprint: "next" }],
    });
    await expect(refused).rejects.toThrow(
      /items\[0\]\.sprint: task #2 is always in the sprint of its story #1; move the story instead/,
    );
    const { data } = await bench.call(updateItems, {
      items: [{ ref: "#2", parent: "#1", sprint: "Sprint 2" }],
    });
    expect(outcomes(data)).toEqual(["updated"]);
  });
});

// @rule TAIGA-22
it("an item that is put where the project has switched off the module is told", async () => {
  taiga.add("userstory");
  taiga.add("userstory");
  taiga.add("epic");
  Object.assign(taiga.state.projects[0]!, {
    is_backlog_activated: false,
    is_epics_activated: false,
  });
  const { data } = await bench.call(updateItems, {
    items: [
      { ref: "#1", sprint: "Sprint 2", epic: ["#3"] },
      { ref: "#2", subject: "New" },
    ],
  });
  expect(data.items[0]).toMatchObject({
    outcome: "updated",
    note: expect.stringContaining("switched off epics and backlog"),
  });
  expect(data.items[1]).not.toHaveProperty("note");
});
