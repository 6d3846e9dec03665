import { TaigaError } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import addComment from "../../../src/tools/core/add-comment.ts";
import { createTaigaDouble, projectOf } from "../../support/taiga-double.ts";
import { createBench } from "../../support/tool-context.ts";

const comments = (bench: ReturnType<typeof createBench>, id: number) =>
  (bench.double.history.get(String(id)) ?? []).map(({ comment }) => comment);

describe("add_comment", () => {
  it("comments on all kinds with two requests each, and says who is told", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory", { watchers: [9], owner: 7 });
    const issue = bench.double.add("issue");
    bench.double.addPage("home");
    const { data, text } = await bench.call(addComment, {
      refs: ["#1", "#2", "wiki:home"],
      comment: "Look, @alice",
    });
    expect(data.items).toEqual([
      { ref: "#1", outcome: "commented", version: "2", notified: ["stan", "alice"] },
      { ref: "#2", outcome: "commented", version: "2", notified: ["alice"] },
      { ref: "wiki:home", outcome: "commented", version: "2", notified: ["alice"] },
    ]);
    expect(text).toContain("#1 commented | v2 | notified: @stan @alice");
    expect([...comments(bench, story.id), ...comments(bench, issue.id)]).toEqual([
      "Look, @alice",
      "Look, @alice",
    ]);
    expect(bench.asked().toSorted()).toEqual([
      "issues.update",
      "resolver.resolve",
      "resolver.resolve",
      "userStories.update",
      "wikiPages.getBySlug",
      "wikiPages.update",
    ]);
  });

  it("is in nobody's way: it needs no version, whatever others changed since", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    for (const status of [2, 3, 1]) bench.double.change(story, { status });
    const { data } = await bench.call(addComment, { refs: "#1", comment: "Still here" });
    expect(data.items[0]).toMatchObject({ outcome: "commented", version: "5" });
    expect(story.status).toBe(1);
  });

  it("comments once on what is named twice, and once when the call is repeated", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    await bench.call(addComment, { refs: ["#1", "alpha-one#1", 1], comment: "Named thrice" });
    expect(comments(bench, story.id)).toEqual(["Named thrice"]);
    const input = { refs: ["#1"], comment: "Once", idempotency_key: "comment-1" };
    await bench.call(addComment, input);
    const again = await bench.call(addComment, input);
    expect(again.data.repeated).toBe(true);
    expect(comments(bench, story.id)).toEqual(["Once", "Named thrice"]);
    await expect(bench.call(addComment, { ...input, comment: "Twice" })).rejects.toMatchObject({
      code: "idempotency_mismatch",
    });
  });

  it("tries what failed again under the same key, and leaves what was done", async () => {
    const bench = createBench();
    const [one, two] = [bench.double.add("userstory"), bench.double.add("task")];
    bench.double.before = (call) => {
      if (call === "tasks.update") throw new TaigaError("permission_denied", "No.");
    };
    const input = { refs: ["#1", "#2"], comment: "Hi", idempotency_key: "comment-2" };
    const first = await bench.call(addComment, input);
    expect(first.data.items).toMatchObject([{ outcome: "commented" }, { outcome: "failed" }]);
    bench.double.before = () => {};
    const second = await bench.call(addComment, input);
    expect(second.data.items).toMatchObject([{ outcome: "commented" }, { outcome: "commented" }]);
    expect([comments(bench, one.id), comments(bench, two.id)]).toEqual([["Hi"], ["Hi"]]);
  });

  it("writes nothing when one reference is wrong, and nothing in a dry run", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory", { assigned_to: 9 });
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
    const double = createTaigaDouble([
      projectOf(1, "alpha-one", { my_permissions: ["comment_us", "modify_task"] }),
    ]);
    const bench = createBench({ double });
    for (const kind of ["userstory", "task", "issue"] as const) double.add(kind);
    await bench.call(addComment, { refs: ["#1", "#2"], comment: "Hi" });
    await expect(bench.call(addComment, { refs: ["#3"], comment: "Hi" })).rejects.toThrow(
      "comment_issue or modify_issue",
    );
  });
});
