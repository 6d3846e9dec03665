import { describe, expect, it } from "vitest";
import addComment from "../../../src/tools/core/add-comment.ts";
import deleteComment from "../../../src/tools/comments/delete-comment.ts";
import editComment from "../../../src/tools/comments/edit-comment.ts";
import listCommentVersions from "../../../src/tools/comments/list-comment-versions.ts";
import restoreComment from "../../../src/tools/comments/restore-comment.ts";
import { createBench } from "../../support/tool-context.ts";

/** A story with two comments of bob, who uses the tools, and one of alice. */
async function open() {
  const bench = createBench();
  const story = bench.taiga.add("userstory", { subject: "Ring" });
  bench.taiga.change(story, { comment: "Alice says hello" });
  for (const comment of ["First thought", "Second thought"]) {
    bench.clock.now += 60;
    await bench.call(addComment, { refs: ["#1"], comment });
  }
  bench.asked();
  const visible = () => {
    const deleted = new Set(
      bench.taiga.state.history
        .filter((entry) => entry.delete_comment_date !== null)
        .map(({ comment }) => comment),
    );
    return bench.taiga.comments(story).filter((comment) => !deleted.has(comment));
  };
  return { ...bench, story, visible };
}

describe("edit_comment", () => {
  it("replaces the text of the comment that begins so, with three requests", async () => {
    const { call, asked, taiga, story } = await open();
    const { data, text } = await call(editComment, {
      ref: "#1",
      comment: "first",
      new_text: "Better",
    });
    expect(data).toMatchObject({ ref: "#1", outcome: "edited" });
    expect(text).toContain("@bob: First thought");
    expect(taiga.comments(story)).toContain("Better");
    expect(taiga.comments(story)).not.toContain("First thought");
    expect(asked().map((request) => request.split(" ")[0])).toEqual(["GET", "POST"]);
  });

  it("finds it by its time, too, and as the newest", async () => {
    const { call, taiga, story } = await open();
    await call(editComment, { ref: 1, comment: "2026-11-20 12:01", new_text: "One" });
    await call(editComment, { ref: "alpha-one#1", comment: "last", new_text: "Two" });
    expect(taiga.comments(story).toSorted()).toEqual(["Alice says hello", "One", "Two"]);
  });

  it("names candidates for an unknown or ambiguous beginning", async () => {
    const { call } = await open();
    await call(addComment, { refs: ["#1"], comment: "First doubt" });
    const edit = (comment: string) => call(editComment, { ref: "#1", comment, new_text: "x" });
    await expect(edit("first")).rejects.toMatchObject({
      code: "ambiguous_name",
      message: expect.stringMatching(/First doubt.*First thought/),
    });
    await expect(edit("third")).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("Second thought"),
    });
  });

  it("writes nothing in a dry run, and nothing of others", async () => {
    const { call, asked, taiga, story } = await open();
    const before = taiga.comments(story);
    await call(editComment, { ref: "#1", comment: "last", new_text: "x", dry_run: true });
    await expect(
      call(editComment, { ref: "#1", comment: "Alice", new_text: "x" }),
    ).rejects.toMatchObject({ code: "permission_denied" });
    expect(taiga.comments(story)).toEqual(before);
    expect(asked().filter((request) => request.startsWith("POST"))).toHaveLength(1);
  });
});

it("an edited comment keeps its earlier texts, which list_comment_versions shows", async () => {
  const { call } = await open();
  await expect(call(listCommentVersions, { ref: "#1", comment: "last" })).rejects.toMatchObject({
    code: "not_found",
  });
  await call(editComment, { ref: "#1", comment: "second", new_text: "Third thought" });
  const { data, text } = await call(listCommentVersions, { ref: "#1", comment: "third" });
  expect(data.versions).toEqual([{ replaced_by: "bob", text: "Second thought" }]);
  expect(text).toContain("before @bob replaced it: Second thought");
});

describe("delete_comment", () => {
  it("shows the comment, and deletes it once the user agreed; restore_comment brings it back", async () => {
    const { call, visible } = await open();
    const first = await call(deleteComment, { ref: "#1", comment: "first" });
    expect(first.data.outcome).toBe("would_delete");
    expect(first.text).toContain("Nothing was deleted yet");
    expect(visible()).toContain("First thought");
    const confirm = first.data.confirm;
    const { data } = await call(deleteComment, { ref: "#1", comment: "first", confirm });
    expect(data.outcome).toBe("deleted");
    expect(visible()).not.toContain("First thought");
    const restored = await call(restoreComment, { ref: "#1", comment: "first" });
    expect(restored.data.outcome).toBe("restored");
    expect(visible()).toContain("First thought");
  });

  it("refuses a token for another comment, one for an earlier text, and an old one", async () => {
    const { call, visible, clock } = await open();
    const ask = async () =>
      (await call(deleteComment, { ref: "#1", comment: "last" })).data.confirm;
    const confirm = await ask();
    await expect(
      call(deleteComment, { ref: "#1", comment: "first", confirm }),
    ).rejects.toMatchObject({ code: "version_conflict" });
    await call(editComment, { ref: "#1", comment: "last", new_text: "Changed" });
    await expect(
      call(deleteComment, { ref: "#1", comment: "last", confirm }),
    ).rejects.toMatchObject({ code: "version_conflict" });
    const late = await ask();
    clock.now += 601;
    await expect(
      call(deleteComment, { ref: "#1", comment: "last", confirm: late }),
    ).rejects.toThrow("too old");
    expect(visible()).toHaveLength(3);
  });
});
