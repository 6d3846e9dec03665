// A tool writes an item while somebody saves it in Taiga's own page. Both have read the row before
// either writes it back, so Taiga lets the later one undo the earlier one.
import { beforeEach, describe, expect, it } from "vitest";
import addComment from "../../../src/tools/core/add-comment.ts";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createTaiga, type Taiga } from "../../support/taiga.ts";
import { type Bench, createBench, outcomes } from "../../support/tool-context.ts";

let taiga: Taiga;
let bench: Bench;
beforeEach(() => {
  taiga = createTaiga();
  bench = createBench({ taiga });
});

type Write = () => Promise<unknown>;

/** Alice saves after the tool's request has read the row, and before it writes. */
async function beforeTheTool<Result>(alice: Write, tool: () => Promise<Result>): Promise<Result> {
  taiga.sandbox.control.beforeSave = async () => {
    taiga.sandbox.control.beforeSave = undefined;
    await alice();
  };
  return tool();
}

/** Alice's page has read the row before the tool's request, and writes it after. */
async function afterTheTool<Result>(alice: Write, tool: () => Promise<Result>): Promise<Result> {
  const { control } = taiga.sandbox;
  const read = Promise.withResolvers<void>();
  const save = Promise.withResolvers<void>();
  control.beforeSave = async () => {
    control.beforeSave = undefined;
    read.resolve();
    await save.promise;
  };
  control.after = ({ method, user }) => {
    if (method === "PATCH" && user === "bob") save.resolve();
  };
  const saved = alice();
  await read.promise;
  const result = await tool();
  await saved;
  return result;
}

const ORDERS = [
  ["before", beforeTheTool],
  ["after", afterTheTool],
] as const;

const saveAs =
  (story: { id: number; version: number }, changes: object): Write =>
  () =>
    taiga.connect("alice").userStories.update(story.id, { ...changes, version: story.version });

const update = (set: object) => () => bench.call(updateItems, { items: ["#1"], set });

describe.each(ORDERS)("somebody who saves in Taiga's page just %s the tool", (_order, together) => {
  // @rule TAIGA-20
  it("keeps the change of another field, and so does the tool", async () => {
    const story = taiga.add("userstory", { description: "old", tags: ["a"] });
    const alice = saveAs(story, {
      description: "by alice",
      tags: ["a", "b"],
      assigned_to: 9,
      assigned_users: [9],
    });
    const { data, text } = await together(alice, update({ status: "Done" }));
    expect(outcomes(data)).toEqual(["updated"]);
    expect(story).toMatchObject({
      status: 3,
      description: "by alice",
      tags: ["a", "b"],
      assigned_to: 9,
      assigned_users: [9],
    });
    expect(text).toContain("@alice");
    expect(data.items[0].version).toMatch(new RegExp(`^${story.version}\\.`));
  });

  // @rule TAIGA-20
  it("keeps a tag, and so does the tool", async () => {
    const story = taiga.add("userstory", { tags: ["a"] });
    const alice = saveAs(story, { tags: ["a", "b"] });
    await together(alice, update({ add_tags: ["c"] }));
    expect(story.tags.toSorted()).toEqual(["a", "b", "c"]);
  });

  // @rule TAIGA-20
  it("is told with a value for the same field", async () => {
    const story = taiga.add("userstory");
    const alice = saveAs(story, { subject: "by alice" });
    const { data } = await together(alice, update({ subject: "by bob" }));
    expect(data.items[0].note).toMatch(/@alice.*subject.*`by alice`/);
  });

  // @rule TAIGA-20
  it("keeps a custom field, and so does the tool", async () => {
    const story = taiga.add("userstory");
    taiga.setCustomFields(story, { 1: "old", 2: "low" }, 4);
    const alice: Write = () =>
      taiga.connect("alice").customAttributeValues.update("userstory", story.id, {
        attributes_values: { 1: "by alice", 2: "low" },
        version: 4,
      });
    const { data } = await together(alice, update({ custom_fields: { severity: "high" } }));
    expect(taiga.customFields(story)).toEqual({ 1: "by alice", 2: "high" });
    expect(data.items[0].note).toContain("@alice");
  });
});

// @rule TAIGA-20
it("a comment with a change undoes nothing", async () => {
  const story = taiga.add("userstory", { description: "old" });
  const alice = saveAs(story, { description: "by alice" });
  await beforeTheTool(alice, update({ status: "Done", comment: "Finished" }));
  expect(story).toMatchObject({ status: 3, description: "by alice" });
  expect(taiga.comments(story).filter(Boolean)).toEqual(["Finished"]);
});

// @rule TAIGA-20
it("a comment alone undoes nothing", async () => {
  const story = taiga.add("userstory", { description: "old" });
  const alice = saveAs(story, { description: "by alice" });
  await beforeTheTool(alice, () => bench.call(addComment, { refs: ["#1"], comment: "Hello" }));
  expect(story).toMatchObject({ description: "by alice" });
  expect(taiga.comments(story).filter(Boolean)).toEqual(["Hello"]);
});

// @rule TAIGA-20
it("an update that is written alone is not compared with the history", async () => {
  taiga.add("userstory");
  await update({ status: "Done" })();
  expect(bench.asked()).not.toContain("GET /history/userstory/101");
});
