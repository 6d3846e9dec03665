import { describe, expect, it } from "vitest";
import addComment from "../../../src/tools/core/add-comment.ts";
import { createTaiga, FORBIDDEN } from "../../support/taiga.ts";
import { projectOf, VIEW } from "../../support/taiga-seed.ts";
import { createBench } from "../../support/tool-context.ts";

describe("add_comment", () => {
  it("comments on all kinds with three requests each, and says who is told", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory", { watchers: [9], owner: 7 });
    const issue = bench.taiga.add("issue");
    bench.taiga.add("wiki", { slug: "home" });
    const { data, text } = await bench.call(addComment, {
      refs: ["#1", "#2", "wiki:home"],
      comment: "Look, @alice",
    });
    expect(data.items).toEqual([
      { ref: "#1", outcome: "commented", notified: ["alice", "stan"] },
      { ref: "#2", outcome: "commented", notified: ["alice"] },
      { ref: "wiki:home", outcome: "commented", notified: ["alice"] },
    ]);
    expect(text).toContain("#1 commented | notified: @alice @stan");
    expect([...bench.taiga.comments(story), ...bench.taiga.comments(issue)]).toEqual([
      "Look, @alice",
      "Look, @alice",
    ]);
    expect(bench.asked().toSorted()).toEqual([
      "GET /issues/301",
      "GET /resolver",
      "GET /resolver",
      "GET /userstories/101",
      "GET /wiki/by_slug",
      "PATCH /issues/301",
      "PATCH /userstories/101",
      "PATCH /wiki/501",
    ]);
  });

  it("needs no version, even after others changed the item", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    for (const status of [2, 3, 1]) bench.taiga.change(story, { status });
    const { data } = await bench.call(addComment, { refs: "#1", comment: "Still here" });
    expect(data.items[0]).toMatchObject({ outcome: "commented" });
    expect(story.status).toBe(1);
  });

  it("comments once on what is named twice, and once when the call is repeated", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    await bench.call(addComment, { refs: ["#1", "alpha-one#1", 1], comment: "Named thrice" });
    expect(bench.taiga.comments(story)).toEqual(["Named thrice"]);
    const input = { refs: ["#1"], comment: "Once", idempotency_key: "comment-1" };
    await bench.call(addComment, input);
    const again = await bench.call(addComment, input);
    expect(again.data.repeated).toBe(true);
    expect(bench.taiga.comments(story)).toEqual(["Once", "Named thrice"]);
    await expect(bench.call(addComment, { ...input, comment: "Twice" })).rejects.toMatchObject({
      code: "idempotency_mismatch",
    });
  });

  it("tries what failed again under the same key, and leaves what was done", async () => {
    const bench = createBench();
    const [one, two] = [bench.taiga.add("userstory"), bench.taiga.add("task")];
    bench.taiga.before((request) => (request === "PATCH /tasks/201" ? FORBIDDEN : undefined));
    const input = { refs: ["#1", "#2"], comment: "Hi", idempotency_key: "comment-2" };
    const first = await bench.call(addComment, input);
    expect(first.data.items).toMatchObject([{ outcome: "commented" }, { outcome: "failed" }]);
    bench.taiga.before(undefined);
    const second = await bench.call(addComment, input);
    expect(second.data.items).toMatchObject([{ outcome: "commented" }, { outcome: "commented" }]);
    expect([bench.taiga.comments(one), bench.taiga.comments(two)]).toEqual([["Hi"], ["Hi"]]);
  });

  it("writes nothing when one reference is wrong, and nothing in a dry run", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory", { assigned_to: 9 });
    const input = { refs: ["#1"], comment: "Hi", dry_run: true };
    const dry = await bench.call(addComment, input);
    expect(dry.data.items[0]).toMatchObject({
      outcome: "would_comment",
      notified: ["alice", "stan"],
    });
    const wrong = bench.call(addComment, { refs: ["#1", "#9", "wiki:no"], comment: "Hi" });
    await expect(wrong).rejects.toThrow(/refs\[1\][^]*refs\[2\]/);
    expect(story.version).toBe(1);
  });

  it("needs the right to comment, or to change", async () => {
    const permissions = [...VIEW, "comment_us", "modify_task"];
    const taiga = createTaiga([projectOf("alpha-one", { permissions })]);
    const bench = createBench({ taiga });
    for (const kind of ["userstory", "task", "issue"] as const) taiga.add(kind);
    await bench.call(addComment, { refs: ["#1", "#2"], comment: "Hi" });
    await expect(bench.call(addComment, { refs: ["#3"], comment: "Hi" })).rejects.toThrow(
      "comment_issue or modify_issue",
    );
  });
});
