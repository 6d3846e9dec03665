import { describe, expect, it } from "vitest";
import findItems from "../../../src/tools/core/find-items.ts";
import { createTaiga } from "../../support/taiga.ts";
import { projectOf } from "../../support/taiga-seed.ts";
import { createBench, refs } from "../../support/tool-context.ts";

describe("find_items", () => {
  it("asks Taiga once for one kind in one project, with all its own filters by name", async () => {
    const bench = createBench();
    bench.taiga.add("userstory", { status: 2, assigned_to: 7, milestone: 2, tags: ["ui"] });
    bench.taiga.add("userstory", { status: 3 });
    const { data } = await bench.call(findItems, {
      project: "alpha-one",
      status: ["in-progress"],
      assigned_to: "me",
      sprint: "current",
      tags: ["UI"],
      closed: "false",
    });
    expect(refs(data)).toEqual(["#1"]);
    expect(bench.taiga.queries("/userstories")).toMatchObject([
      {
        project: "1",
        status: "2",
        assigned_users: "7",
        milestone: "2",
        tags: "ui",
        is_closed: "false",
        order_by: "-modified_date",
      },
    ]);
    expect(bench.asked()).toEqual(["GET /userstories"]);
  });

  // @rule TAIGA-8
  it("reads metadata once a minute, however many searches there are", async () => {
    const bench = createBench();
    await bench.call(findItems, { project: "alpha-one" });
    await bench.call(findItems, { project: "alpha-one" });
    const metadata = () => bench.taiga.asked().filter((request) => request.includes(" /projects"));
    expect(metadata()).toEqual(["GET /projects", "GET /projects/1"]);
    bench.clock.now += 61;
    await bench.call(findItems, { project: "alpha-one" });
    expect(metadata()).toHaveLength(4);
  });

  it("leaves out what has ! before it", async () => {
    const bench = createBench();
    bench.taiga.add("userstory", { status: 1 });
    bench.taiga.add("userstory", { status: 3 });
    const { data } = await bench.call(findItems, { project: "alpha-one", status: ["!Done"] });
    expect(refs(data)).toEqual(["#1"]);
  });

  it("finds what Taiga cannot filter: overdue, blocked, unestimated, custom fields", async () => {
    const bench = createBench();
    bench.taiga.add("userstory", { due_date: "2026-11-19" });
    bench.taiga.add("userstory", { due_date: "2026-11-19", status: 3 });
    bench.taiga.add("userstory", { is_blocked: true, points: { 1: 2 } });
    const custom = bench.taiga.add("userstory", {});
    bench.taiga.setCustomFields(custom, { 1: "ACME" }, 2);
    const find = async (criteria: object) =>
      refs(
        (await bench.call(findItems, { project: "alpha-one", order: "created", ...criteria })).data,
      );
    expect(await find({ overdue: true })).toEqual(["#1"]);
    expect(await find({ due_before: "2026-11-20" })).toEqual(["#1", "#2"]);
    expect(await find({ blocked: true })).toEqual(["#3"]);
    expect(await find({ unestimated: false })).toEqual(["#3"]);
    expect(await find({ custom_fields: { customer: "acme" } })).toEqual(["#4"]);
  });

  it("searches all of the user's projects, each by its own statuses", async () => {
    const taiga = createTaiga([
      projectOf("alpha-one"),
      projectOf("beta-two", { values: { storyStatuses: [["Doing", ""]] } }),
    ]);
    taiga.add("userstory", { project: 2 });
    taiga.add("userstory", { project: 1, status: 2 });
    const bench = createBench({ taiga });
    const { data } = await bench.call(findItems, { status: ["Doing"] });
    expect(refs(data)).toEqual(["beta-two#1"]);
    await expect(bench.call(findItems, { status: ["Dooing"] })).rejects.toThrow(
      "status: there is no `Dooing`",
    );
  });

  it("asks once for what is mine in all projects, and shows only those the grant covers", async () => {
    const taiga = createTaiga([1, 2, 3].map((id) => projectOf(`p-${id}`)));
    for (const project of [1, 2, 3]) taiga.add("userstory", { project, assigned_to: 7 });
    const bench = createBench({ taiga, projects: [1, 2] });
    const { data } = await bench.call(findItems, { assigned_to: ["me"], order: "created" });
    expect(refs(data)).toEqual(["p-1#1", "p-2#1"]);
    expect(bench.taiga.asked()).toEqual(["GET /users/me", "GET /projects", "GET /userstories"]);
  });

  it("names the nearest names for one that is unknown", async () => {
    const bench = createBench();
    const find = (input: object) => bench.call(findItems, { project: "alpha-one", ...input });
    await expect(find({ status: ["Progress"] })).rejects.toThrow("Did you mean: `In progress`?");
    await expect(find({ sprint: "Sprint 9" })).rejects.toThrow(
      "`Sprint 1`, `Sprint 2`, `Sprint 3`",
    );
    await expect(find({ assigned_to: ["alcie"] })).rejects.toThrow("alice");
    await expect(find({ kinds: ["task"], swimlane: ["Fast lane"] })).rejects.toThrow(
      "task cannot be filtered by it, only story",
    );
  });
});
