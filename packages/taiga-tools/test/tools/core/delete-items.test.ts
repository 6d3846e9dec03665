import { describe, expect, it } from "vitest";
import { createConfirmations } from "../../../src/calls/confirmation.ts";
import deleteItems from "../../../src/tools/core/delete-items.ts";
import { createTaiga, FORBIDDEN } from "../../support/taiga.ts";
import { projectOf, VIEW } from "../../support/taiga-seed.ts";
import { createBench } from "../../support/tool-context.ts";

const deletes = (requests: readonly string[]) =>
  requests.filter((request) => request.startsWith("DELETE"));

/** A story with two tasks, an epic, an issue, a page and the sprints of every project. */
function createFullBench(taiga = createTaiga()) {
  const bench = createBench({ taiga });
  const story = taiga.add("userstory");
  const tasks = [1, 2].map(() => taiga.add("task", { user_story: story.id }));
  const epic = taiga.add("epic");
  const issue = taiga.add("issue");
  taiga.add("wiki", { slug: "home" });
  const confirmed = async (refs: readonly string[]) => {
    const { data } = await bench.call(deleteItems, { refs });
    return { refs, confirm: data.confirm as string };
  };
  return { bench, taiga, story, tasks, epic, issue, confirmed };
}

describe("delete_items, first call", () => {
  // @rule TAIGA-1
  it("shows exactly what would go, children included, and deletes nothing", async () => {
    const { bench, taiga, epic } = createFullBench();
    for (let count = 0; count < 3; count += 1) taiga.link(epic, taiga.add("userstory"));
    const refs = ["#1", "#4", "wiki:home", "sprint:current"];
    const { data, text } = await bench.call(deleteItems, { refs });
    expect(data.items).toMatchObject([
      {
        ref: "#1",
        outcome: "would_delete",
        children: ["#2 task Subject 1 | New", "#3 task Subject 2 | New"],
      },
      { ref: "#4", kind: "epic", keeps: "its 3 stories stay" },
      { ref: "wiki:home" },
      { ref: "sprint:Sprint 2", keeps: expect.stringContaining("stay, without a sprint") },
    ]);
    expect(text).toContain("Nothing was deleted yet");
    expect(text).toContain(data.confirm);
    expect(deletes(bench.asked())).toEqual([]);
  });

  it("needs the right to delete each, and names all that is wrong", async () => {
    const permissions = [...VIEW, "delete_us"];
    const { bench } = createFullBench(createTaiga([projectOf("alpha-one", { permissions })]));
    const call = bench.call(deleteItems, { refs: ["#1", "#5", "#77", "sprint:current"] });
    await expect(call).rejects.toThrow(/delete_issue[^]*alpha-one#77[^]*delete_milestone/);
  });

  it("refuses to show less than would go", async () => {
    const { bench, taiga, story } = createFullBench();
    for (let index = 0; index < 120; index += 1) {
      taiga.add("task", { user_story: story.id, subject: "x".repeat(300) });
    }
    await expect(bench.call(deleteItems, { refs: ["#1"] })).rejects.toMatchObject({
      code: "answer_too_large",
    });
  });
});

describe("delete_items, second call", () => {
  it("deletes what was confirmed, in any order of the references", async () => {
    const { bench, taiga, confirmed } = createFullBench();
    const { confirm } = await confirmed(["#1", "#5", "wiki:home", "sprint:Sprint 3"]);
    bench.asked();
    const refs = ["sprint:Sprint 3", "wiki:home", "#5", "#1"];
    const { data } = await bench.call(deleteItems, { refs, confirm });
    expect(data.items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(
      refs.map(() => "deleted"),
    );
    expect(taiga.state).toMatchObject({ userstories: [], tasks: [], issues: [], wikiPages: [] });
    expect(taiga.state.milestones.map(({ name }) => name)).toEqual(["Sprint 1", "Sprint 2"]);
    // Kinds are known by now: one request reads a thing, one its tasks, one deletes it.
    expect(bench.asked().filter((request) => /userstories|tasks/.test(request))).toEqual(
      expect.arrayContaining(["GET /userstories/101", "GET /tasks", "DELETE /userstories/101"]),
    );
  });

  it("sends no request for a task whose story is deleted, because Taiga deletes both", async () => {
    const { bench, confirmed } = createFullBench();
    const request = await confirmed(["#2", "#1"]);
    bench.asked();
    const { data } = await bench.call(deleteItems, request);
    expect(data.items).toMatchObject([
      { ref: "#2", outcome: "deleted" },
      { ref: "#1", outcome: "deleted" },
    ]);
    expect(deletes(bench.asked())).toEqual(["DELETE /userstories/101"]);
  });

  // @rule TAIGA-1
  it("refuses with the difference when an item was changed meanwhile", async () => {
    const { bench, taiga, story, confirmed } = createFullBench();
    const request = await confirmed(["#1", "#5"]);
    taiga.change(story, { status: 3 });
    await expect(bench.call(deleteItems, request)).rejects.toMatchObject({
      code: "version_conflict",
      message: expect.stringContaining(
        "```taiga-data\n#1 was v1 and is v2 (@alice: status: New → Done).\n```",
      ),
    });
    expect(taiga.state.userstories).toHaveLength(1);
  });

  it("refuses when a task was added below, changed below, or replaced", async () => {
    const { bench, taiga, story, tasks, confirmed } = createFullBench();
    const first = await confirmed(["#1"]);
    const added = taiga.add("task", { user_story: story.id });
    await expect(bench.call(deleteItems, first)).rejects.toThrow(
      `#1 had 2 tasks and has 3: #2, #3, #${added.ref}`,
    );
    const second = await confirmed(["#1"]);
    taiga.change(tasks[0]!, { subject: "Other" });
    await expect(bench.call(deleteItems, second)).rejects.toThrow("A task below was changed");
    const third = await confirmed(["#1"]);
    taiga.remove(added);
    taiga.add("task", { user_story: story.id });
    await expect(bench.call(deleteItems, third)).rejects.toMatchObject({
      code: "version_conflict",
    });
    expect(deletes(taiga.asked())).toEqual([]);
  });

  it("refuses when the sprint was renamed or filled meanwhile", async () => {
    const { bench, taiga, confirmed } = createFullBench();
    const request = await confirmed(["sprint:Sprint 3"]);
    await taiga.connect("alice").milestones.update(3, { estimated_finish: "2026-12-24" });
    await expect(bench.call(deleteItems, request)).rejects.toMatchObject({
      code: "version_conflict",
    });
  });

  // @rule TAIGA-1
  it("refuses a confirmation of other things, of another user, and of ten minutes ago", async () => {
    const { bench, taiga, confirmed } = createFullBench();
    const request = await confirmed(["#1"]);
    await expect(bench.call(deleteItems, { ...request, refs: ["#5"] })).rejects.toThrow(
      "Nothing was deleted",
    );
    await expect(bench.call(deleteItems, { ...request, refs: ["#1", "#5"] })).rejects.toThrow(
      "belongs to other references",
    );
    await expect(bench.call(deleteItems, { refs: ["#1"], confirm: "yes" })).rejects.toThrow(
      "Nothing was deleted",
    );
    const key = new Uint8Array(32);
    const alice = { ...bench.context };
    alice.confirmations = createConfirmations({
      key,
      clock: bench.context.clock,
      subject: "alice",
    });
    const input = deleteItems.inputSchema.parse(request);
    await expect(deleteItems.handler(input, alice)).rejects.toThrow("another user's");
    bench.clock.now += 601;
    await expect(bench.call(deleteItems, request)).rejects.toThrow("too old");
    expect(deletes(taiga.asked())).toEqual([]);
  });

  it("reports each outcome, and stops when Taiga is gone", async () => {
    const { bench, taiga, confirmed } = createFullBench();
    const request = await confirmed(["#5", "#4", "wiki:home"]);
    taiga.before((request) => {
      if (request === "DELETE /issues/301") return FORBIDDEN;
      return request === "DELETE /epics/401" ? "reset" : undefined;
    });
    const { data } = await bench.call(deleteItems, request);
    expect(data.items.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "failed",
      "unknown",
      "not_attempted",
    ]);
    expect(taiga.state.wikiPages).toHaveLength(1);
  });
});
