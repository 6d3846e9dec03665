import { describe, expect, it } from "vitest";
import findItems from "../../../src/tools/core/find-items.ts";
import { createTaiga } from "../../support/taiga.ts";
import { projectOf } from "../../support/taiga-seed.ts";
import { createBench, refs } from "../../support/tool-context.ts";

describe("find_items of issues, epics and wiki pages", () => {
  it("filters issues by type, severity and priority with one request, and guesses the kind", async () => {
    const bench = createBench();
    bench.taiga.add("issue", { type: 2, severity: 2 });
    bench.taiga.add("issue", { type: 1, severity: 2 });
    const { data, text } = await bench.call(findItems, {
      project: "alpha-one",
      type: ["question"],
      severity: ["!Minor"],
    });
    expect(refs(data)).toEqual(["#1"]);
    expect(text).toContain(
      "#1 issue Subject 1 | Question | New | severity Critical | priority Low",
    );
    expect(bench.taiga.queries("/issues")).toMatchObject([{ type: "2", exclude_severity: "1" }]);
    expect(bench.asked()).toEqual(["GET /issues"]);
  });

  it("finds the stories of an epic by its ref", async () => {
    const bench = createBench();
    const epic = bench.taiga.add("epic");
    const story = bench.taiga.add("userstory");
    bench.taiga.add("userstory");
    bench.taiga.link(epic, story);
    const { data } = await bench.call(findItems, { project: "alpha-one", epic: ["#1"] });
    expect(refs(data)).toEqual(["#2"]);
    await expect(
      bench.call(findItems, { project: "alpha-one", epic: ["#2"] }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  it("sorts issues as each project orders its severities, mine in all projects too", async () => {
    const severities: [string, string][] = [
      ["Critical", ""],
      ["Minor", ""],
    ];
    const taiga = createTaiga([1, 2].map((id) => projectOf(`p-${id}`, { values: { severities } })));
    // Their order is not that of their ids.
    for (const row of taiga.state.severities) row.order = row.name === "Minor" ? 1 : 2;
    const [critical, minor] = taiga.state.severities.map(({ id }) => id);
    for (const severity of [minor, critical, minor]) {
      taiga.add("issue", { severity, assigned_to: 7 });
    }
    const { call } = createBench({ taiga });
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
    bench.taiga.add("wiki", { slug: "home", content: "Releases go out on Thursday" });
    bench.taiga.add("wiki", { slug: "on-call", content: "Call Bob" });
    const find = (criteria: object) =>
      bench.call(findItems, { project: "alpha-one", kinds: ["wiki"], ...criteria });
    expect(refs((await find({ text: "Bob" })).data)).toEqual(["wiki:on-call"]);
    expect(bench.asked()).toEqual(["GET /search", "GET /wiki"]);
    expect(refs((await find({ order: "rank" })).data)).toEqual(["wiki:home", "wiki:on-call"]);
    expect(refs((await find({ modified_after: "2026-11-03" })).data)).toEqual([]);
    await expect(find({ status: ["New"] })).rejects.toThrow("wiki cannot be filtered by it");
  });

  it("says so where the user may not look, instead of finding nothing", async () => {
    const permissions = ["view_project", "view_us"];
    const taiga = createTaiga([projectOf("alpha-one", { permissions })]);
    const { call } = createBench({ taiga });
    await expect(call(findItems, { project: "alpha-one", kinds: ["epic"] })).rejects.toThrow(
      "view_epics",
    );
    expect((await call(findItems, { kinds: ["epic"] })).data.items).toEqual([]);
  });

  it("knows the type of my issues in all projects, which Taiga's list does not tell", async () => {
    const taiga = createTaiga([1, 2].map((id) => projectOf(`p-${id}`)));
    const [, question] = taiga.state.issueTypes.filter(({ project }) => project === 2);
    taiga.add("issue", { project: 2, assigned_to: 7, type: question!.id });
    const bench = createBench({ taiga });
    const { data } = await bench.call(findItems, { kinds: ["issue"], assigned_to: ["me"] });
    expect(data.items).toMatchObject([{ ref: "p-2#1", type: "Question" }]);
    expect(bench.asked()).toEqual(["GET /issues"]);
  });
});
