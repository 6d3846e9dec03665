import { describe, expect, it } from "vitest";
import createItems from "../../../src/tools/core/create-items.ts";
import { createTaiga } from "../../support/taiga.ts";
import { projectOf, VIEW } from "../../support/taiga-seed.ts";
import { createBench, outcomes } from "../../support/tool-context.ts";

describe("create_items", () => {
  it("makes a story with its tasks, everything by name, and links to them", async () => {
    const bench = createBench();
    const { data } = await bench.call(createItems, {
      items: [
        {
          subject: "Ring the bell",
          description: "On arrival",
          status: "In progress",
          assigned_to: ["me", "alice"],
          points: { Back: "5" },
          tags: ["UI"],
          due_date: "2026-12-01",
          swimlane: "Fast lane",
          custom_fields: { Customer: "ACME" },
          tasks: [{ subject: "Buy a bell" }, { subject: "Hang it up", assigned_to: "stan" }],
        },
      ],
    });
    expect(outcomes(data)).toEqual(["created", "created", "created"]);
    expect(data.items[0]).toMatchObject({
      ref: "alpha-one#1",
      url: "https://taiga.test/project/alpha-one/us/1",
    });
    const [story] = bench.taiga.state.userstories;
    expect(story).toMatchObject({
      status: 2,
      assigned_to: 7,
      assigned_users: [7, 6],
      points: { 1: 3 },
    });
    expect(bench.taiga.customFields(story!)).toEqual({ 1: "ACME" });
    expect(bench.taiga.state.tasks).toMatchObject([
      { subject: "Buy a bell", user_story: story?.id },
      { subject: "Hang it up", user_story: story?.id, assigned_to: 9 },
    ]);
  });

  it("makes plain neighbours with one request, in their order", async () => {
    const bench = createBench();
    const { data } = await bench.call(createItems, {
      items: ["A", "B", "C"].map((subject) => ({ subject })),
    });
    expect(bench.asked()).toEqual(["POST /userstories/bulk_create"]);
    expect(data.items.map((item: { ref: string }) => item.ref)).toEqual([
      "alpha-one#1",
      "alpha-one#2",
      "alpha-one#3",
    ]);
  });

  it("makes tasks one by one without a sprint, and together in one, as Taiga demands", async () => {
    const bench = createBench();
    const tasks = [{ subject: "T1" }, { subject: "T2" }];
    await bench.call(createItems, { items: [{ subject: "S", tasks }] });
    expect(bench.asked()).toEqual(["POST /userstories", "POST /tasks", "POST /tasks"]);
    await bench.call(createItems, { items: [{ subject: "S", sprint: "current", tasks }] });
    expect(bench.asked()).toEqual(["POST /userstories", "POST /tasks/bulk_create"]);
  });

  // @rule TAIGA-3
  it("writes nothing when anything anywhere is wrong, and tells all of it", async () => {
    const bench = createBench();
    const call = bench.call(createItems, {
      items: [
        { subject: "Good" },
        { subject: "Bad", status: "Doen", assigned_to: "carol" },
        { kind: "task", subject: "Bad", parent: "#9", points: { Back: "3" } },
      ],
    });
    await expect(call).rejects.toThrow(
      /items\[1\]\.status[^]*items\[1\]\.assigned_to[^]*items\[2\]\.parent[^]*items\[2\]\.points/,
    );
    expect(bench.taiga.state.userstories).toEqual([]);
  });

  it("refuses misspelt fields, which it would otherwise lose in silence", async () => {
    const { call } = createBench();
    const create = (item: object) => call(createItems, { items: [item] });
    await expect(create({ subject: "S", asignee: "bob" })).rejects.toThrow("asignee");
    await expect(create({ subject: "S", tasks: [{ subject: "T", sprint: "x" }] })).rejects.toThrow(
      "sprint",
    );
    await expect(create({ subject: "two\nlines" })).rejects.toThrow("one line");
  });

  it("shows a dry run by name and writes nothing", async () => {
    const bench = createBench();
    const { data } = await bench.call(createItems, {
      items: [{ subject: "S", sprint: "next", assigned_to: ["me"], tasks: [{ subject: "T" }] }],
      dry_run: true,
    });
    expect(data.items).toMatchObject([
      { outcome: "would_create", fields: { sprint: "Sprint 3", assigned_to: "@bob" } },
      { outcome: "would_create", subject: "T" },
    ]);
    expect(bench.asked()).toEqual([]);
  });

  it("needs the permission in the item's project, and a project that can be written", async () => {
    const taiga = createTaiga([
      projectOf("alpha-one", { permissions: [...VIEW, "add_task"] }),
      projectOf("old-one"),
    ]);
    taiga.sandbox.control.freezeProject("old-one", "archived");
    const { call } = createBench({ taiga });
    const create = (project: string) => call(createItems, { project, items: [{ subject: "S" }] });
    await expect(create("alpha-one")).rejects.toThrow("add_us");
    await expect(create("old-one")).rejects.toThrow("archived");
  });
});
