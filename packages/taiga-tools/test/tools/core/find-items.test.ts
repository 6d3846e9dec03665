import { describe, expect, it } from "vitest";
import findItems from "../../../src/tools/core/find-items.ts";
import { createTaigaDouble, projectOf } from "../../support/taiga-double.ts";
import { createBench, refs } from "../../support/tool-context.ts";

describe("find_items", () => {
  it("asks Taiga once for one kind in one project, with all its own filters by name", async () => {
    const bench = createBench();
    bench.double.add("userstory", { status: 2, assigned_to: 7, milestone: 2, tags: ["ui"] });
    bench.double.add("userstory", { status: 3 });
    const { data } = await bench.call(findItems, {
      project: "alpha-one",
      status: ["in-progress"],
      assigned_to: "me",
      sprint: "current",
      tags: ["UI"],
      closed: "false",
    });
    expect(refs(data)).toEqual(["#1"]);
    expect(bench.asked()).toEqual(["userStories.list"]);
    expect(bench.double.filters[0]).toMatchObject({
      project: 1,
      status: [2],
      assigned_users: [7],
      milestone: 2,
      tags: ["ui"],
      is_closed: false,
      order_by: "-modified_date",
    });
  });

  // @rule TAIGA-8
  it("reads metadata once a minute, however many searches there are", async () => {
    const bench = createBench();
    await bench.call(findItems, { project: "alpha-one" });
    await bench.call(findItems, { project: "alpha-one" });
    expect(bench.double.calls.filter((call) => call.startsWith("projects."))).toHaveLength(2);
    bench.clock.now += 61;
    await bench.call(findItems, { project: "alpha-one" });
    expect(bench.double.calls.filter((call) => call.startsWith("projects."))).toHaveLength(4);
  });

  it("leaves out what has ! before it", async () => {
    const bench = createBench();
    bench.double.add("userstory", { status: 1 });
    bench.double.add("userstory", { status: 3 });
    const { data } = await bench.call(findItems, { project: "alpha-one", status: ["!Done"] });
    expect(refs(data)).toEqual(["#1"]);
  });

  it("finds what Taiga cannot filter: overdue, blocked, unestimated, custom fields", async () => {
    const bench = createBench();
    bench.double.add("userstory", { due_date: "2026-11-19" });
    bench.double.add("userstory", { due_date: "2026-11-19", status: 3 });
    bench.double.add("userstory", { is_blocked: true, total_points: 3 });
    const custom = bench.double.add("userstory", {});
    bench.double.custom.set(String(custom.id), { attributes_values: { 1: "ACME" }, version: 2 });
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
    const double = createTaigaDouble([
      projectOf(1, "alpha-one"),
      projectOf(2, "beta-two", {
        us_statuses: [
          {
            id: 91,
            name: "Doing",
            order: 1,
            slug: "",
            color: "",
            is_closed: false,
            is_archived: false,
            wip_limit: null,
          },
        ],
      }),
    ]);
    double.add("userstory", { project: 2, status: 91 });
    double.add("userstory", { project: 1, status: 2 });
    const bench = createBench({ double });
    const { data } = await bench.call(findItems, { status: ["Doing"] });
    expect(refs(data)).toEqual(["beta-two#1"]);
    await expect(bench.call(findItems, { status: ["Dooing"] })).rejects.toThrow(
      'status: there is no "Dooing"',
    );
  });

  it("asks once for what is mine in all projects, and shows only those the grant covers", async () => {
    const double = createTaigaDouble([1, 2, 3].map((id) => projectOf(id, `p-${id}`)));
    for (const project of [1, 2, 3]) double.add("userstory", { project, assigned_to: 7 });
    const bench = createBench({ double, projects: [1, 2] });
    const { data } = await bench.call(findItems, { assigned_to: ["me"], order: "created" });
    expect(refs(data)).toEqual(["p-1#1", "p-2#2"]);
    expect(bench.double.calls).toEqual(["users.me", "projects.list", "userStories.list"]);
  });

  it("names the nearest names for one that is unknown", async () => {
    const bench = createBench();
    const find = (input: object) => bench.call(findItems, { project: "alpha-one", ...input });
    await expect(find({ status: ["Progress"] })).rejects.toThrow("Did you mean: In progress?");
    await expect(find({ sprint: "Sprint 9" })).rejects.toThrow("Sprint 1, Sprint 2, Sprint 3");
    await expect(find({ assigned_to: ["alcie"] })).rejects.toThrow("alice");
    await expect(find({ kinds: ["task"], swimlane: ["Fast lane"] })).rejects.toThrow(
      "task cannot be filtered by it, only story",
    );
  });
});
