import { TaigaError } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createTaigaDouble, projectOf } from "../../support/taiga-double.ts";
import { createBench } from "../../support/tool-context.ts";

describe("update_items of issues and epics", () => {
  it("changes an issue's type, severity, priority and sprint by name", async () => {
    const bench = createBench();
    const issue = bench.double.add("issue");
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
    expect(bench.asked()).toEqual(["resolver.resolve", "issues.getById", "issues.update"]);
  });

  it("reports who changed an issue's severity meanwhile", async () => {
    const bench = createBench();
    const issue = bench.double.add("issue");
    bench.double.change(issue, { severity: 2 });
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
    const story = bench.double.add("userstory");
    const [kept, left, joined] = ["A", "B", "C"].map((subject) =>
      bench.double.add("epic", { subject }),
    );
    bench.double.links.push({ epic: kept!.id, user_story: story.id });
    bench.double.links.push({ epic: left!.id, user_story: story.id });
    bench.double.relink();
    const set = { epic: ["#2", "#4"] };
    const dry = await bench.call(updateItems, { items: ["#1"], set, dry_run: true });
    expect(dry.data.items[0].changes).toEqual([{ field: "epic", before: "#2 #3", after: "#2 #4" }]);
    expect(bench.double.links.map(({ epic }) => epic)).toEqual([kept!.id, left!.id]);
    bench.asked();
    await bench.call(updateItems, { items: ["#1"], set });
    expect(bench.double.links.map(({ epic }) => epic)).toEqual([kept!.id, joined!.id]);
    expect(bench.asked()).toEqual(["userStories.getById", "epics.addStory", "epics.removeStory"]);
    const again = await bench.call(updateItems, { items: ["#1"], set });
    expect(again.data.items[0].outcome).toBe("unchanged");
    await bench.call(updateItems, { items: ["#1"], set: { epic: [] } });
    expect(bench.double.links).toEqual([]);
  });

  it("takes it for no failure when somebody else links the story in the same moment", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    const epic = bench.double.add("epic");
    const link = { epic: epic.id, user_story: story.id };
    bench.double.before = (call) => {
      if (call === "epics.addStory") bench.double.links.push(link);
    };
    const { data } = await bench.call(updateItems, { items: ["#1"], set: { epic: "#2" } });
    expect(data.items[0].outcome).toBe("updated");
  });

  it("says which part was written when a link fails after the fields", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    bench.double.add("epic");
    bench.double.before = (call) => {
      if (call === "epics.addStory") throw new TaigaError("permission_denied", "You may not.");
    };
    const set = { epic: "#2", status: "Done" };
    const { data } = await bench.call(updateItems, { items: ["#1"], set });
    expect(data.items[0]).toMatchObject({ outcome: "updated", version: "2" });
    expect(data.items[0].note).toContain("an epic link was not: permission_denied");
    expect(story.status).toBe(3);
  });

  it("changes an epic's colour and stories", async () => {
    const bench = createBench();
    const epic = bench.double.add("epic");
    const [one, two] = [bench.double.add("userstory"), bench.double.add("userstory")];
    bench.double.links.push({ epic: epic.id, user_story: one.id });
    const set = { color: "#FF8800", stories: ["#3"] };
    const { data } = await bench.call(updateItems, { items: ["#1"], set });
    expect(data.items[0].changes).toEqual([
      { field: "color", before: "#000000", after: "#ff8800" },
      { field: "stories", before: "#2", after: "#3" },
    ]);
    expect(bench.double.links).toEqual([{ epic: epic.id, user_story: two.id }]);
  });

  it("leaves an epic's stories of projects alone that the grant does not cover", async () => {
    const double = createTaigaDouble([projectOf(1, "alpha-one"), projectOf(2, "secret")]);
    const bench = createBench({ double, projects: [1] });
    const epic = double.add("epic");
    const hidden = double.add("userstory", { project: 2 });
    double.links.push({ epic: epic.id, user_story: hidden.id });
    const { data } = await bench.call(updateItems, { items: ["#1"], set: { stories: [] } });
    expect(data.items[0].outcome).toBe("unchanged");
    expect(double.links).toHaveLength(1);
  });

  it("needs the right to change epics for a link, and none to change stories", async () => {
    const double = createTaigaDouble([
      projectOf(1, "alpha-one", { my_permissions: ["view_us", "modify_us"] }),
      projectOf(2, "beta-two", { my_permissions: ["view_us", "view_epics", "modify_epic"] }),
    ]);
    const bench = createBench({ double });
    for (const project of [1, 2]) {
      double.add("userstory", { project });
      double.add("epic", { project });
    }
    const link = (project: string, story: string, epic: string) =>
      bench.call(updateItems, { project, items: [story], set: { epic } });
    await expect(link("alpha-one", "#1", "#2")).rejects.toThrow("modify_epic");
    expect((await link("beta-two", "#3", "#4")).data.items[0].outcome).toBe("updated");
  });

  it("refuses fields that a kind does not have", async () => {
    const bench = createBench();
    for (const kind of ["userstory", "issue", "epic"] as const) bench.double.add(kind);
    const set = (ref: string, changes: object) =>
      bench.call(updateItems, { items: [ref], set: changes });
    await expect(set("#1", { severity: "Minor" })).rejects.toThrow("only an issue has it");
    await expect(set("#2", { points: { Back: "3" } })).rejects.toThrow("only a story has it");
    await expect(set("#3", { sprint: "current" })).rejects.toThrow("a story or a task or an issue");
    await expect(set("#2", { assigned_to: ["bob", "alice"] })).rejects.toThrow("one assignee");
    await expect(set("#1", { epic: ["#2"] })).rejects.toThrow("#2 is an issue, not an epic");
  });
});
