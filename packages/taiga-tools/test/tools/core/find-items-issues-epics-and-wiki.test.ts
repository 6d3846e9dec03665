import { describe, expect, it } from "vitest";
import findItems from "../../../src/tools/core/find-items.ts";
import { createTaigaDouble, projectOf } from "../../support/taiga-double.ts";
import { createBench, refs } from "../../support/tool-context.ts";

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
    await expect(find({ status: ["New"] })).rejects.toThrow("wiki cannot be filtered by it");
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
