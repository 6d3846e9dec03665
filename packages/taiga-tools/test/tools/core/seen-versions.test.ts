// What a version tells about the item that its holder has seen. Observed on Taiga 6.10: a drag on the
// board writes history and counts no version; orders, followers and unchanged values count a version
// and write no history.
import { beforeEach, describe, expect, it } from "vitest";
import addComment from "../../../src/tools/core/add-comment.ts";
import findItems from "../../../src/tools/core/find-items.ts";
import getItems from "../../../src/tools/core/get-items.ts";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createTaiga, type Taiga } from "../../support/taiga.ts";
import { type Bench, createBench } from "../../support/tool-context.ts";

let taiga: Taiga;
let bench: Bench;
beforeEach(() => {
  taiga = createTaiga();
  bench = createBench({ taiga });
});

type Story = { id: number; version: number };

const see = async (ref = "#1"): Promise<string> =>
  (await bench.call(getItems, { refs: [ref] })).data.items[0].version;

const update = async (set: object, version: string, ref = "#1") =>
  (await bench.call(updateItems, { items: [{ ref, version }], set })).data.items[0];

/** Alice drags a card. */
function drag(story: Story, fields: object): void {
  const { version } = story;
  taiga.change(story, { ...fields });
  story.version = version;
}

describe("a version from get_items", () => {
  // @rule TAIGA-21
  it.each([
    ["another column", { status: 2 }, { status: "Done" }, "status", "In progress"],
    ["another lane", { swimlane: 1 }, { swimlane: "none" }, "swimlane", "Fast lane"],
    ["another sprint", { milestone: 3 }, { sprint: "Sprint 2" }, "sprint", "Sprint 3"],
  ])("notices a card that was dragged to %s", async (_where, dragged, set, field, theirs) => {
    const story = taiga.add("userstory", { status: 1 });
    const version = await see();
    drag(story, dragged);
    expect(await update(set, version)).toMatchObject({
      outcome: "conflict",
      conflicts: [{ field, by: "alice", theirs }],
    });
    expect(story).toMatchObject(dragged);
    // Other fields can be changed.
    expect(await update({ subject: "Mine" }, version)).toMatchObject({ outcome: "updated" });
  });

  // @rule TAIGA-21
  it.each([
    ["a new order", { kanban_order: 99, backlog_order: 98 }],
    ["a new follower", { watchers: [9] }],
    ["a value that was there already", { subject: "Subject 1" }],
  ])("makes no conflict of a change that was seen, after %s", async (_what, uncounted) => {
    const story = taiga.add("userstory");
    taiga.change(story, { status: 2, subject: "Subject 1" });
    const version = await see();
    taiga.change(story, uncounted);
    expect(story.version).toBe(3);
    expect(await update({ status: "Done" }, version)).toMatchObject({ outcome: "updated" });
  });

  // @rule TAIGA-21
  it("makes no conflict of a value that has come back", async () => {
    const story = taiga.add("userstory");
    const version = await see();
    taiga.change(story, { subject: "Other" });
    taiga.change(story, { subject: "Subject 1" });
    expect(await update({ subject: "Mine" }, version)).toMatchObject({ outcome: "updated" });
  });

  // @rule TAIGA-21
  it("tells the points of one role from another's", async () => {
    const story = taiga.add("userstory");
    taiga.change(story, { points: { 1: 3 } });
    const version = await see();
    taiga.change(story, { points: { 2: 3 } });
    expect(await update({ points: { Front: "3" } }, version)).toMatchObject({
      outcome: "conflict",
    });
    // The other role was changed, too, but before it was seen.
    expect(await update({ points: { Back: "3" } }, version)).toMatchObject({ outcome: "updated" });
  });

  it.each(["1", "v1", "1-1"])("is accepted without what was seen: %s", async (version) => {
    const story = taiga.add("userstory");
    expect(await update({ subject: "Mine" }, version)).toMatchObject({ outcome: "updated" });
    taiga.change(story, { subject: "Theirs" });
    expect(await update({ subject: "Mine again" }, "2")).toMatchObject({ outcome: "conflict" });
  });

  it("stays short", async () => {
    taiga.add("userstory", {
      description: "Text",
      milestone: 2,
      tags: ["a"],
      assigned_to: 6,
      due_date: "2026-12-01",
    });
    expect((await see()).length).toBeLessThanOrEqual(24);
  });
});

describe("a version from update_items", () => {
  // @rule TAIGA-21
  it("does not pass for one that has shown what others changed", async () => {
    const story = taiga.add("userstory", { description: "old" });
    const version = await see();
    taiga.change(story, { description: "by alice" });
    const first = await update({ status: "Done" }, version);
    expect(first.outcome).toBe("updated");
    const second = await update({ description: "by bob" }, first.version);
    expect(second).toMatchObject({ outcome: "conflict", conflicts: [{ field: "description" }] });
    // A conflict shows the other value, so its version may overwrite it.
    const third = await update({ description: "by bob" }, second.version);
    expect(third.outcome).toBe("updated");
    expect(story.description).toBe("by bob");
  });
});

describe("a version from find_items", () => {
  // @rule TAIGA-21
  it("holds what the row has, and counts for the description", async () => {
    const story = taiga.add("userstory", { description: "old" });
    const { data } = await bench.call(findItems, { fields: ["version"] });
    const { version } = data.items[0];
    drag(story, { status: 2 });
    expect(await update({ status: "Done" }, version)).toMatchObject({ outcome: "conflict" });
    expect(await update({ description: "new" }, version)).toMatchObject({ outcome: "updated" });
    taiga.change(story, { description: "by alice" });
    expect(await update({ description: "newer" }, version)).toMatchObject({ outcome: "conflict" });
  });
});

// @rule TAIGA-21
it("an answer about a comment hands out no version, because it shows no item", async () => {
  taiga.add("userstory");
  const { data } = await bench.call(addComment, { refs: ["#1"], comment: "Hello" });
  expect(data.items[0]).not.toHaveProperty("version");
});
