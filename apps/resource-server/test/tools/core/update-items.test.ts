import { TaigaError } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createTaigaDouble, projectOf } from "../taiga-double.ts";
import { createBench } from "../tool-context.ts";

/** A story, once its kind is known. */
const READ = ["userStories.getById"];

describe("update_items", () => {
  it("changes fields by name, in three requests, two when the kind is known", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    const task = bench.double.add("task");
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
    expect(bench.asked()).toEqual(["resolver.resolve", ...READ, "userStories.update"]);
    expect(data.items[0]).toMatchObject({ ref: "#1", outcome: "updated", version: "2" });
    expect(story).toMatchObject({
      status: 3,
      assigned_to: 6,
      assigned_users: [6],
      milestone: 3,
      points: { 1: 2, 2: 3 },
      tags: [["api", null]],
      due_date: "2026-12-01",
      is_blocked: true,
      blocked_note: "Waits for legal",
      swimlane: 1,
    });
    await bench.call(updateItems, { items: "#2", set: { status: "Closed" } });
    expect(bench.asked()).toEqual(["resolver.resolve", "tasks.getById", "tasks.update"]);
    expect(task.status).toBe(12);
    await bench.call(updateItems, { items: "#1", set: { status: "New" } });
    expect(bench.asked()).toEqual([...READ, "userStories.update"]);
  });

  it("gives each item its own changes on top of the shared ones", async () => {
    const bench = createBench();
    const [one, two] = [bench.double.add("userstory"), bench.double.add("userstory")];
    await bench.call(updateItems, {
      items: [
        { ref: "#1", status: "Done" },
        { ref: 2, subject: "Two" },
      ],
      set: { status: "In progress", tags: [] },
    });
    expect([one.status, two.status, two.subject]).toEqual([3, 2, "Two"]);
  });

  it("writes nothing when one name, ref or field of the whole input is wrong, and tells all", async () => {
    const bench = createBench();
    bench.double.add("userstory");
    const call = bench.call(updateItems, {
      items: [{ ref: "#1", status: "Doen" }, { ref: "#77" }, { ref: "#1", asignee: "bob" }],
      set: { subject: "New" },
    });
    await expect(call).rejects.toThrow(
      /items\[0\]\.status[^]*Did you mean: Done[^]*items\[1\]\.ref: there is no alpha-one#77[^]*items\[2\][^]*asignee/,
    );
    expect(bench.asked().filter((name) => name.endsWith("update"))).toEqual([]);
  });

  it.each(["nobody", null, []])(
    "unassigns (%j) a story from its whole list, which Taiga would otherwise keep",
    async (assigned_to) => {
      const bench = createBench();
      const story = bench.double.add("userstory", { assigned_to: 7, assigned_users: [7, 6] });
      await bench.call(updateItems, { items: ["#1"], set: { assigned_to } });
      expect(story).toMatchObject({ assigned_to: null, assigned_users: [] });
    },
  );

  it("does not write what is so already, because Taiga would count a version for it", async () => {
    const bench = createBench();
    bench.double.add("userstory", { status: 3, tags: ["ui"] });
    const { data } = await bench.call(updateItems, {
      items: ["#1"],
      set: { status: "Done", add_tags: ["ui"], sprint: "backlog", blocked: false },
    });
    expect(data.items[0]).toMatchObject({ outcome: "unchanged", version: "1" });
    expect(bench.asked()).toEqual(["resolver.resolve", ...READ]);
  });

  it("shows a dry run by name, with who would be told, and writes nothing", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory", { watchers: [9], assigned_to: 7 });
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
    const double = createTaigaDouble([
      projectOf(1, "alpha-one", { my_permissions: ["view_us", "comment_us"] }),
    ]);
    const bench = createBench({ double });
    double.add("userstory");
    await bench.call(updateItems, { items: ["#1"], set: { comment: "Hello" } });
    await expect(
      bench.call(updateItems, { items: ["#1"], set: { subject: "No" } }),
    ).rejects.toMatchObject({ code: "taiga_permission_missing" });
  });
});

describe("update_items with the version that the caller saw", () => {
  it("goes together with others' changes of other fields", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    bench.double.change(story, { subject: "By Alice" });
    const { data } = await bench.call(updateItems, {
      items: [{ ref: "#1", version: 1 }],
      set: { status: "Done" },
    });
    expect(data.items[0].outcome).toBe("updated");
    expect(story).toMatchObject({ subject: "By Alice", status: 3 });
    expect(bench.asked()).toEqual([
      "resolver.resolve",
      ...READ,
      "history.list",
      "userStories.update",
    ]);
  });

  it("reports who changed the same field to what, and writes nothing of the item", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    bench.double.change(story, { status: 2 });
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
    const story = bench.double.add("userstory");
    bench.double.change(story, { assigned_to: 9, assigned_users: [9] });
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
    const story = bench.double.add("userstory", { tags: ["old"] });
    bench.double.change(story, { tags: ["old", "theirs"] });
    await bench.call(updateItems, {
      items: [{ ref: "#1", version: 1 }],
      set: { add_tags: ["mine"], remove_tags: ["old"] },
    });
    expect(story.tags.map(([tag]) => tag)).toEqual(["theirs", "mine"]);
  });

  it("takes points of another role for no conflict, and those of the same for one", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    bench.double.change(story, { points: { 2: 3 } });
    const set = (points: object) =>
      bench.call(updateItems, { items: [{ ref: "#1", version: 1 }], set: { points } });
    expect((await set({ Front: "3" })).data.items[0].outcome).toBe("conflict");
    expect((await set({ Back: "3" })).data.items[0].outcome).toBe("updated");
    expect(story).toMatchObject({ points: { 1: 2, 2: 3 } });
  });

  it("refuses a version that the item never had", async () => {
    const bench = createBench();
    bench.double.add("userstory");
    const { data } = await bench.call(updateItems, {
      items: [{ ref: "#1", version: 9 }],
      set: { status: "Done" },
    });
    expect(data.items[0]).toMatchObject({ outcome: "failed" });
    expect(data.items[0].error).toContain("newer than the item's own 1");
  });

  it("looks again when somebody was faster between reading and writing", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory", { tags: [] });
    let raced = false;
    bench.double.before = (call) => {
      if (call !== "userStories.update" || raced) return;
      raced = true;
      bench.double.change(story, { tags: ["theirs"] });
    };
    const tagged = await bench.call(updateItems, { items: ["#1"], set: { add_tags: ["mine"] } });
    expect(tagged.data.items[0].outcome).toBe("updated");
    expect(story.tags.map(([tag]) => tag)).toEqual(["theirs", "mine"]);

    raced = false;
    bench.double.before = (call) => {
      if (call !== "userStories.update" || raced) return;
      raced = true;
      bench.double.change(story, { status: 2 });
    };
    const set = await bench.call(updateItems, { items: ["#1"], set: { status: "Done" } });
    expect(set.data.items[0]).toMatchObject({ outcome: "conflict" });
    expect(story.status).toBe(2);
  });
});

describe("update_items of custom fields", () => {
  it("merges into the whole map that Taiga replaces", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    bench.double.custom.set(String(story.id), { attributes_values: { 1: "ACME" }, version: 4 });
    const { data } = await bench.call(updateItems, {
      items: ["#1"],
      set: { custom_fields: { severity: "high" } },
    });
    expect(bench.double.custom.get(String(story.id))?.attributes_values).toEqual({
      1: "ACME",
      2: "high",
    });
    expect(data.items[0]).toMatchObject({ outcome: "updated", version: "1-5" });
    expect(bench.asked()).toEqual(["resolver.resolve", ...READ, "custom.get", "custom.update"]);
  });

  it("compares them itself, because Taiga never does", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    const field = (value: string) => [{ id: 1, name: "Customer", value }];
    bench.double.custom.set(String(story.id), { attributes_values: { 1: "Theirs" }, version: 5 });
    bench.double.change(story, {});
    story.version = 1;
    bench.double.history.get(String(story.id))![0]!.diff = {
      custom_attributes: [field("Old"), field("Theirs")],
    };
    const set = (custom_fields: object) =>
      bench.call(updateItems, {
        items: [{ ref: "#1", version: "1-4" }],
        set: { custom_fields, subject: "Mine" },
      });
    const { data } = await set({ Customer: "Mine" });
    expect(data.items[0]).toMatchObject({
      outcome: "conflict",
      conflicts: [{ field: "custom_fields", by: "alice", theirs: "Customer = Theirs" }],
    });
    expect(story.subject).toBe("Subject 1");
    expect((await set({ Severity: "low" })).data.items[0].outcome).toBe("updated");
  });
});

describe("update_items when Taiga fails", () => {
  it("reports each item and goes on after a refusal", async () => {
    const bench = createBench();
    for (let index = 0; index < 3; index += 1) bench.double.add("userstory");
    let updates = 0;
    bench.double.before = (call) => {
      if (call === "userStories.update" && (updates += 1) === 2) {
        throw new TaigaError("validation_failed", "subject: too long");
      }
    };
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
    for (let index = 0; index < 3; index += 1) bench.double.add("userstory");
    let updates = 0;
    bench.double.before = (call) => {
      if (call === "userStories.update" && (updates += 1) === 2) {
        throw new TaigaError("unavailable", "Taiga does not answer", { outcomeUnknown: true });
      }
    };
    const { data } = await bench.call(updateItems, {
      items: ["#1", "#2", "#3"],
      set: { status: "Done" },
    });
    expect(data.items.map((item: { outcome: string }) => item.outcome)).toEqual([
      "updated",
      "unknown",
      "not_attempted",
    ]);
  });
});

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
    expect(bench.asked()).toEqual([...READ, "epics.addStory", "epics.removeStory"]);
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
