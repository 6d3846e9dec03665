import { describe, expect, it } from "vitest";
import findItems from "../../../src/tools/core/find-items.ts";
import { createTaigaDouble, projectOf } from "../taiga-double.ts";
import { createBench } from "../tool-context.ts";

const refs = (data: Record<string, any>) => data.items.map((item: { ref: string }) => item.ref);

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

  it.each(["-modified", "created", "rank", "subject", "due", "status"])(
    "goes on by position in the order %s, so that changing what was listed skips nothing",
    async (order) => {
      const bench = createBench();
      for (let index = 0; index < 25; index += 1) {
        bench.double.add("userstory", {
          subject: `Story ${String(index % 5)}`,
          due_date: index % 3 === 0 ? null : `2026-12-0${(index % 4) + 1}`,
          status: (index % 2) + 1,
        });
      }
      const input = { project: "alpha-one", order, closed: false, limit: 10 };
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const { data } = await bench.call(findItems, { ...input, ...(cursor && { cursor }) });
        seen.push(...refs(data));
        cursor = data.cursor as string | undefined;
        // What was listed leaves the filter: pages by number would now skip as many.
        for (const item of bench.double.items.userstory) {
          if (seen.includes(`#${item.ref}`)) item.is_closed = true;
        }
      } while (cursor !== undefined);
      expect(seen.toSorted()).toEqual(Array.from({ length: 25 }, (_, i) => `#${i + 1}`).toSorted());
      expect(new Set(seen).size).toBe(25);
    },
  );

  it("lists all that share one moment, though a page ends among them", async () => {
    const bench = createBench();
    for (let index = 0; index < 9; index += 1) {
      bench.double.add("userstory", { modified_date: "2026-11-02T00:00:00Z" });
    }
    const first = await bench.call(findItems, { project: "alpha-one", limit: 4 });
    const second = await bench.call(findItems, {
      project: "alpha-one",
      limit: 100,
      cursor: first.data.cursor,
    });
    expect(new Set([...refs(first.data), ...refs(second.data)]).size).toBe(9);
    expect(second.data.cursor).toBeUndefined();
  });

  it("refuses a cursor that is none, or that belongs to another search", async () => {
    const bench = createBench();
    for (let index = 0; index < 3; index += 1) bench.double.add("userstory");
    const { data } = await bench.call(findItems, { project: "alpha-one", limit: 1 });
    const other = { project: "alpha-one", limit: 1, blocked: true, cursor: data.cursor };
    await expect(bench.call(findItems, other)).rejects.toThrow("belongs to a search with other");
    for (const cursor of ["nonsense", "e30", Buffer.from("[]").toString("base64url")]) {
      await expect(bench.call(findItems, { project: "alpha-one", cursor })).rejects.toMatchObject({
        code: "invalid_argument",
      });
    }
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
      "task cannot be found by it, only story",
    );
  });

  it("keeps rows that do not fit behind the cursor", async () => {
    const bench = createBench();
    for (let index = 0; index < 100; index += 1) {
      bench.double.add("userstory", { subject: `${index} ${"x".repeat(480)}` });
    }
    const first = await bench.call(findItems, { project: "alpha-one", limit: 100 });
    expect(new TextEncoder().encode(first.text).length).toBeLessThan(25_000);
    expect(first.data.items.length).toBeLessThan(100);
    const { data } = await bench.call(findItems, {
      project: "alpha-one",
      limit: 100,
      cursor: first.data.cursor,
    });
    expect(refs(data)[0]).toBe(`#${100 - first.data.items.length}`);
  });
});

describe("find_items of issues, epics and wiki pages", () => {
  it("filters issues by type, severity and priority with one request, and guesses the kind", async () => {
    const bench = createBench();
    bench.double.add("issue", { type: 2, severity: 2 });
    bench.double.add("issue", { type: 1, severity: 2 });
    const { data, text } = await bench.call(findItems, {
      project: "alpha-one",
      type: ["question"],
      severity: ["!Minor"],
    });
    expect(refs(data)).toEqual(["#1"]);
    expect(text).toContain(
      "#1 issue Subject 1 | Question | New | severity Critical | priority Low",
    );
    expect(bench.asked()).toEqual(["issues.list"]);
    expect(bench.double.filters[0]).toMatchObject({ type: [2], exclude_severity: [1] });
  });

  it("finds the stories of an epic by its ref", async () => {
    const bench = createBench();
    const epic = bench.double.add("epic");
    const story = bench.double.add("userstory");
    bench.double.add("userstory");
    bench.double.links.push({ epic: epic.id, user_story: story.id });
    const { data } = await bench.call(findItems, { project: "alpha-one", epic: ["#1"] });
    expect(refs(data)).toEqual(["#2"]);
    await expect(
      bench.call(findItems, { project: "alpha-one", epic: ["#2"] }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  it("sorts issues as each project orders its severities, mine in all projects too", async () => {
    const severities = [
      { id: 9, name: "Minor", order: 1, color: "" },
      { id: 4, name: "Critical", order: 2, color: "" },
    ];
    const double = createTaigaDouble([1, 2].map((id) => projectOf(id, `p-${id}`, { severities })));
    for (const severity of [9, 4, 9]) double.add("issue", { severity, assigned_to: 7 });
    const { call } = createBench({ double });
    const input = { project: "p-1", kinds: ["issue"], order: "-severity", limit: 2 };
    const first = await call(findItems, input);
    expect(refs(first.data)).toEqual(["#2", "#1"]);
    const second = await call(findItems, { ...input, cursor: first.data.cursor });
    expect(refs(second.data)).toEqual(["#3"]);
    const mine = { kinds: ["issue"], assigned_to: ["me"], order: "-severity" };
    expect(refs((await call(findItems, mine)).data)).toEqual(["p-1#2", "p-1#1", "p-1#3"]);
  });

  it("finds wiki pages by text and by day, and tells nothing but what they have", async () => {
    const bench = createBench();
    bench.double.addPage("home", "Releases go out on Thursday");
    bench.double.addPage("on-call", "Call Bob");
    const find = (criteria: object) =>
      bench.call(findItems, { project: "alpha-one", kinds: ["wiki"], ...criteria });
    expect(refs((await find({ text: "Bob" })).data)).toEqual(["wiki:on-call"]);
    expect(bench.asked()).toEqual(["search", "wikiPages.list"]);
    expect(refs((await find({ order: "rank" })).data)).toEqual(["wiki:home", "wiki:on-call"]);
    expect(refs((await find({ modified_after: "2026-11-03" })).data)).toEqual([]);
    await expect(find({ status: ["New"] })).rejects.toThrow("wiki cannot be found by it");
  });

  it("says so where the user may not look, instead of finding nothing", async () => {
    const double = createTaigaDouble([projectOf(1, "alpha-one", { my_permissions: ["view_us"] })]);
    const { call } = createBench({ double });
    await expect(call(findItems, { project: "alpha-one", kinds: ["epic"] })).rejects.toThrow(
      "view_epics",
    );
    expect((await call(findItems, { kinds: ["epic"] })).data.items).toEqual([]);
  });

  it("knows the type of my issues in all projects, which Taiga's list does not tell", async () => {
    const double = createTaigaDouble([1, 2].map((id) => projectOf(id, `p-${id}`)));
    double.add("issue", { project: 2, assigned_to: 7, type: 2 });
    const bench = createBench({ double });
    const { data } = await bench.call(findItems, { kinds: ["issue"], assigned_to: ["me"] });
    expect(data.items).toMatchObject([{ ref: "p-2#1", type: "Question" }]);
    expect(bench.asked()).toEqual(["issues.list"]);
  });
});
