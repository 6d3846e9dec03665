import { describe, expect, it } from "vitest";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createBench } from "../../support/tool-context.ts";

describe("update_items with the version that the caller saw", () => {
  it("goes together with others' changes of other fields", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    bench.taiga.change(story, { subject: "By Alice" });
    const { data } = await bench.call(updateItems, {
      items: [{ ref: "#1", version: 1 }],
      set: { status: "Done" },
    });
    expect(data.items[0].outcome).toBe("updated");
    expect(story).toMatchObject({ subject: "By Alice", status: 3 });
    expect(bench.asked()).toEqual([
      "GET /resolver",
      "GET /userstories/101",
      "GET /history/userstory/101",
      "PATCH /userstories/101",
      "GET /userstories/101",
    ]);
  });

  // @rule TAIGA-4
  it("reports who changed the same field to what, and writes nothing of the item", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    bench.taiga.change(story, { status: 2 });
    const { data, text } = await bench.call(updateItems, {
      items: [{ ref: "#1", version: "1" }],
      set: { status: "Done", subject: "Mine" },
    });
    expect(data.items[0]).toMatchObject({
      outcome: "conflict",
      conflicts: [{ field: "status", by: "alice", theirs: "In progress", yours: "Done" }],
    });
    expect(text).toContain("@alice");
    expect(story).toMatchObject({ status: 2, subject: "Subject 1", version: 2 });
  });

  it("notices a changed assignee of a story, which Taiga records under another name", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    bench.taiga.change(story, { assigned_to: 9, assigned_users: [9] });
    const { data } = await bench.call(updateItems, {
      items: [{ ref: "#1", version: 1 }],
      set: { assigned_to: ["me"] },
    });
    expect(data.items[0].conflicts).toMatchObject([
      { field: "assigned_to", by: "alice", theirs: "stan" },
    ]);
    expect(story.assigned_to).toBe(9);
  });

  it("adds and removes tags among those that others changed since", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory", { tags: ["old"] });
    bench.taiga.change(story, { tags: ["old", "theirs"] });
    await bench.call(updateItems, {
      items: [{ ref: "#1", version: 1 }],
      set: { add_tags: ["mine"], remove_tags: ["old"] },
    });
    expect(story.tags).toEqual(["theirs", "mine"]);
  });

  it("reports a conflict for points of the same role, but not of another role", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    bench.taiga.change(story, { points: { 2: 3 } });
    const set = (points: object) =>
      bench.call(updateItems, { items: [{ ref: "#1", version: 1 }], set: { points } });
    expect((await set({ Front: "3" })).data.items[0].outcome).toBe("conflict");
    expect((await set({ Back: "3" })).data.items[0].outcome).toBe("updated");
    expect(story).toMatchObject({ points: { 1: 2, 2: 3 } });
  });

  it("refuses a version that the item never had", async () => {
    const bench = createBench();
    bench.taiga.add("userstory");
    const { data } = await bench.call(updateItems, {
      items: [{ ref: "#1", version: 9 }],
      set: { status: "Done" },
    });
    expect(data.items[0]).toMatchObject({ outcome: "failed" });
    expect(data.items[0].error).toContain("newer than the item's own 1");
  });

  // @rule TAIGA-4
  it("compares again when another user writes between its read and its write", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory", { tags: [] });
    let raced = false;
    bench.taiga.before((request) => {
      if (request !== "PATCH /userstories/101" || raced) return;
      raced = true;
      bench.taiga.change(story, { tags: ["theirs"] });
    });
    const tagged = await bench.call(updateItems, { items: ["#1"], set: { add_tags: ["mine"] } });
    expect(tagged.data.items[0].outcome).toBe("updated");
    expect(story.tags).toEqual(["theirs", "mine"]);

    raced = false;
    bench.taiga.before((request) => {
      if (request !== "PATCH /userstories/101" || raced) return;
      raced = true;
      bench.taiga.change(story, { status: 2 });
    });
    const set = await bench.call(updateItems, { items: ["#1"], set: { status: "Done" } });
    expect(set.data.items[0]).toMatchObject({ outcome: "conflict" });
    expect(story.status).toBe(2);
  });
});
