import { describe, expect, it } from "vitest";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createTaiga, FORBIDDEN } from "../../support/taiga.ts";
import { projectOf, VIEW } from "../../support/taiga-seed.ts";
import { createBench } from "../../support/tool-context.ts";

describe("update_items of issues and epics", () => {
  it("changes an issue's type, severity, priority and sprint by name", async () => {
    const bench = createBench();
    const issue = bench.taiga.add("issue");
    const { data } = await bench.call(updateItems, {
      items: ["#1"],
      set: { type: "question", severity: "Critical", priority: "High", sprint: "next" },
    });
    expect(issue).toMatchObject({ type: 2, severity: 2, priority: 2, milestone: 3 });
    expect(data.items[0].changes).toContainEqual({
      field: "severity",
      before: "Minor",
      after: "Critical",
    });
    expect(bench.asked()).toEqual([
      "GET /resolver",
      "GET /issues/301",
      "PATCH /issues/301",
      "GET /issues/301",
    ]);
  });

  it("reports who changed an issue's severity meanwhile", async () => {
    const bench = createBench();
    const issue = bench.taiga.add("issue");
    bench.taiga.change(issue, { severity: 2 });
    const { data } = await bench.call(updateItems, {
      items: [{ ref: "#1", version: 1 }],
      set: { severity: "Minor", subject: "Mine" },
    });
    // It is minor no longer, and that is what the caller did not see.
    expect(data.items[0]).toMatchObject({
      outcome: "conflict",
      conflicts: [{ field: "severity", theirs: "Critical" }],
    });
    expect(issue.subject).toBe("Subject 1");
  });

  it("puts a story into the epics named and takes it out of the others", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    const [kept, left, joined] = ["A", "B", "C"].map((subject) =>
      bench.taiga.add("epic", { subject }),
    );
    bench.taiga.link(kept!, story);
    bench.taiga.link(left!, story);
    const set = { epic: ["#2", "#4"] };
    const dry = await bench.call(updateItems, { items: ["#1"], set, dry_run: true });
    expect(dry.data.items[0].changes).toEqual([{ field: "epic", before: "#2 #3", after: "#2 #4" }]);
    expect(bench.taiga.links().map(({ epic }) => epic)).toEqual([kept!.id, left!.id]);
    bench.asked();
    await bench.call(updateItems, { items: ["#1"], set });
    expect(bench.taiga.links().map(({ epic }) => epic)).toEqual([kept!.id, joined!.id]);
    expect(bench.asked()).toEqual([
      "GET /userstories/101",
      "POST /epics/403/related_userstories",
      "DELETE /epics/402/related_userstories/101",
    ]);
    const again = await bench.call(updateItems, { items: ["#1"], set });
    expect(again.data.items[0].outcome).toBe("unchanged");
    await bench.call(updateItems, { items: ["#1"], set: { epic: [] } });
    expect(bench.taiga.links()).toEqual([]);
  });

  it("succeeds when another user links the story at the same time", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    const epic = bench.taiga.add("epic");
    bench.taiga.before((request) => {
      if (request === "POST /epics/401/related_userstories") bench.taiga.link(epic, story);
      return undefined;
    });
    const { data } = await bench.call(updateItems, { items: ["#1"], set: { epic: "#2" } });
    expect(data.items[0].outcome).toBe("updated");
  });

  it("says which part was written when a link fails after the fields", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    bench.taiga.add("epic");
    bench.taiga.before((request) =>
      request === "POST /epics/401/related_userstories" ? FORBIDDEN : undefined,
    );
    const set = { epic: "#2", status: "Done" };
    const { data } = await bench.call(updateItems, { items: ["#1"], set });
    expect(data.items[0]).toMatchObject({
      outcome: "updated",
      version: expect.stringMatching(/^2\./),
    });
    expect(data.items[0].note).toContain("an epic link was not: permission_denied");
    expect(story.status).toBe(3);
  });

  it("changes an epic's colour and stories", async () => {
    const bench = createBench();
    const epic = bench.taiga.add("epic", { color: "#000000" });
    const [one, two] = [bench.taiga.add("userstory"), bench.taiga.add("userstory")];
    bench.taiga.link(epic, one);
    const set = { color: "#FF8800", stories: ["#3"] };
    const { data } = await bench.call(updateItems, { items: ["#1"], set });
    expect(data.items[0].changes).toEqual([
      { field: "color", before: "#000000", after: "#ff8800" },
      { field: "stories", before: "#2", after: "#3" },
    ]);
    expect(bench.taiga.links()).toEqual([{ epic: epic.id, user_story: two.id }]);
  });

  it("leaves an epic's stories of projects alone that the grant does not cover", async () => {
    const taiga = createTaiga([projectOf("alpha-one"), projectOf("secret")]);
    const bench = createBench({ taiga, projects: [1] });
    const epic = taiga.add("epic");
    const hidden = taiga.add("userstory", { project: 2 });
    taiga.link(epic, hidden);
    const { data } = await bench.call(updateItems, { items: ["#1"], set: { stories: [] } });
    expect(data.items[0].outcome).toBe("unchanged");
    expect(taiga.links()).toHaveLength(1);
  });

  it("needs the right to change epics for a link, and none to change stories", async () => {
    const taiga = createTaiga([
      projectOf("alpha-one", { permissions: [...VIEW, "modify_us"] }),
      projectOf("beta-two", { permissions: [...VIEW, "modify_epic"] }),
    ]);
    const bench = createBench({ taiga });
    for (const project of [1, 2]) {
      taiga.add("userstory", { project });
      taiga.add("epic", { project });
    }
    const link = (project: string, story: string, epic: string) =>
      bench.call(updateItems, { project, items: [story], set: { epic } });
    await expect(link("alpha-one", "#1", "#2")).rejects.toThrow("modify_epic");
    expect((await link("beta-two", "#1", "#2")).data.items[0].outcome).toBe("updated");
  });

  it("refuses fields that a kind does not have", async () => {
    const bench = createBench();
    for (const kind of ["userstory", "issue", "epic"] as const) bench.taiga.add(kind);
    const set = (ref: string, changes: object) =>
      bench.call(updateItems, { items: [ref], set: changes });
    await expect(set("#1", { severity: "Minor" })).rejects.toThrow("only an issue has it");
    await expect(set("#2", { points: { Back: "3" } })).rejects.toThrow("only a story has it");
    await expect(set("#3", { sprint: "current" })).rejects.toThrow("a story or a task or an issue");
    await expect(set("#2", { assigned_to: ["bob", "alice"] })).rejects.toThrow("one assignee");
    await expect(set("#1", { epic: ["#2"] })).rejects.toThrow("`#2` is an issue, not an epic");
  });
});
