import { describe, expect, it } from "vitest";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createTaiga, INVALID } from "../../support/taiga.ts";
import { projectOf, VIEW } from "../../support/taiga-seed.ts";
import { createBench } from "../../support/tool-context.ts";

/** Somebody may write in Taiga's pages at the same moment, so the item is read after the write. */
const written = (path: string): string[] => [`GET ${path}`, `PATCH ${path}`, `GET ${path}`];

describe("update_items", () => {
  it("changes fields by name, and reads the item before and after", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    const task = bench.taiga.add("task");
    const { data } = await bench.call(updateItems, {
      items: ["#1"],
      set: {
        status: "done",
        assigned_to: "Alice Archer",
        sprint: "next",
        points: { Back: 3, front: "5" },
        add_tags: ["API"],
        due_date: "2026-12-01",
        blocked_note: "Waits for legal",
        swimlane: "fast lane",
      },
    });
    expect(bench.asked()).toEqual([
      "GET /resolver",
      "GET /userstories/101",
      "PATCH /userstories/101",
      "GET /userstories/101",
    ]);
    expect(data.items[0]).toMatchObject({ ref: "#1", outcome: "updated" });
    expect(story).toMatchObject({
      status: 3,
      assigned_to: 6,
      assigned_users: [6],
      milestone: 3,
      points: { 1: 2, 2: 3 },
      tags: ["api"],
      due_date: "2026-12-01",
      is_blocked: true,
      blocked_note: "Waits for legal",
      swimlane: 1,
    });
    await bench.call(updateItems, { items: "#2", set: { status: "Closed" } });
    expect(bench.asked()).toEqual(["GET /resolver", ...written("/tasks/201")]);
    expect(task.status).toBe(12);
    await bench.call(updateItems, { items: "#1", set: { status: "New" } });
    expect(bench.asked()).toEqual(written("/userstories/101"));
  });

  it("gives each item its own changes on top of the shared ones", async () => {
    const bench = createBench();
    const [one, two] = [bench.taiga.add("userstory"), bench.taiga.add("userstory")];
    await bench.call(updateItems, {
      items: [
        { ref: "#1", status: "Done" },
        { ref: 2, subject: "Two" },
      ],
      set: { status: "In progress", tags: [] },
    });
    expect([one.status, two.status, two.subject]).toEqual([3, 2, "Two"]);
  });

  // @rule TAIGA-3
  it("writes nothing when one name, ref or field of the whole input is wrong, and tells all", async () => {
    const bench = createBench();
    bench.taiga.add("userstory");
    const call = bench.call(updateItems, {
      items: [{ ref: "#1", status: "Doen" }, { ref: "#77" }, { ref: "#1", asignee: "bob" }],
      set: { subject: "New" },
    });
    await expect(call).rejects.toThrow(
      /items\[0\]\.status[^]*Did you mean: `Done`[^]*items\[1\]\.ref: there is no `alpha-one#77`[^]*items\[2\][^]*asignee/,
    );
    expect(bench.asked().filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  it.each(["nobody", null, []])(
    "unassigns (%j) a story from its whole list, which Taiga would otherwise keep",
    async (assigned_to) => {
      const bench = createBench();
      const story = bench.taiga.add("userstory", { assigned_to: 7, assigned_users: [7, 6] });
      await bench.call(updateItems, { items: ["#1"], set: { assigned_to } });
      expect(story).toMatchObject({ assigned_to: null, assigned_users: [] });
    },
  );

  it("does not write unchanged values, because Taiga would count a new version", async () => {
    const bench = createBench();
    bench.taiga.add("userstory", { status: 3, tags: ["ui"] });
    const { data } = await bench.call(updateItems, {
      items: ["#1"],
      set: { status: "Done", add_tags: ["ui"], sprint: "backlog", blocked: false },
    });
    expect(data.items[0]).toMatchObject({
      outcome: "unchanged",
      version: expect.stringMatching(/^1\./),
    });
    expect(bench.asked()).toEqual(["GET /resolver", "GET /userstories/101"]);
  });

  it("shows a dry run by name, with who would be told, and writes nothing", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory", { watchers: [9], assigned_to: 7 });
    const { data, text } = await bench.call(updateItems, {
      items: ["#1"],
      set: { status: "Done", comment: "see @stan" },
      dry_run: "true",
    });
    expect(data.items[0]).toMatchObject({
      outcome: "would_update",
      changes: [
        { field: "status", before: "New", after: "Done" },
        { field: "comment", before: "", after: "see @stan" },
      ],
      notified: ["alice", "stan"],
    });
    expect(text).toContain("status: New → Done");
    expect(story.version).toBe(1);
  });

  it("comments with the right to comment alone", async () => {
    const taiga = createTaiga([projectOf("alpha-one", { permissions: [...VIEW, "comment_us"] })]);
    const bench = createBench({ taiga });
    taiga.add("userstory");
    await bench.call(updateItems, { items: ["#1"], set: { comment: "Hello" } });
    await expect(
      bench.call(updateItems, { items: ["#1"], set: { subject: "No" } }),
    ).rejects.toMatchObject({ code: "taiga_permission_missing" });
  });
});

describe("update_items when Taiga fails", () => {
  // @rule TAIGA-3
  it("reports each item and goes on after a refusal", async () => {
    const bench = createBench();
    for (let index = 0; index < 3; index += 1) bench.taiga.add("userstory");
    bench.taiga.before((request) => (request === "PATCH /userstories/102" ? INVALID : undefined));
    const { data } = await bench.call(updateItems, {
      items: ["#1", "#2", "#3"],
      set: { status: "Done" },
    });
    expect(data.items.map((item: { outcome: string }) => item.outcome)).toEqual([
      "updated",
      "failed",
      "updated",
    ]);
    expect(bench.progress).toEqual(["1/3", "2/3", "3/3"]);
  });

  it("stops when Taiga is gone, and says what is unknown and what was not tried", async () => {
    const bench = createBench();
    for (let index = 0; index < 6; index += 1) bench.taiga.add("userstory");
    bench.taiga.before((request) => (request === "PATCH /userstories/102" ? "reset" : undefined));
    const { data } = await bench.call(updateItems, {
      items: ["#1", "#2", "#3", "#4", "#5", "#6"],
      set: { status: "Done" },
    });
    const became = data.items.map((item: { outcome: string }) => item.outcome);
    expect(became.slice(0, 2)).toEqual(["updated", "unknown"]);
    expect(became.at(-1)).toBe("not_attempted");
    expect(bench.asked()).not.toContain("PATCH /userstories/106");
  });
});
