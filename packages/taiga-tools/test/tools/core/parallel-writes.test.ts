// Calls that write one item at the same moment, on a Taiga whose workers interleave: each reads the
// row, waits, and writes the whole row back.
import { createSqliteKv, type Kv, withLock } from "@taiga-mcp/store";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import type { SharedLock } from "../../../src/calls/write-locks.ts";
import saveSprint from "../../../src/tools/core/save-sprint.ts";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createTaiga, type Taiga } from "../../support/taiga.ts";
import { type Bench, createBench, outcomes } from "../../support/tool-context.ts";

const PAIRS = 10;

/** Two replicas on one store; alice uses the one, bob the other. */
function createReplicas(kv?: Kv): { taiga: Taiga; replicas: readonly [Bench, Bench] } {
  const taiga = createTaiga();
  const store = kv ?? createSqliteKv({ file: ":memory:", clock: () => taiga.clock.now });
  const lock: SharedLock = (key, options, work) => withLock({ kv: store }, key, options, work);
  taiga.sandbox.control.beforeSave = () => delay(10);
  return {
    taiga,
    replicas: [createBench({ taiga, lock }), createBench({ taiga, lock, user: "alice" })],
  };
}

const update = (bench: Bench, set: object, ref = "#1") =>
  bench.call(updateItems, { items: [ref], set });

// @rule TAIGA-20
it("two calls that write different fields of one item at once both keep their change", async () => {
  const { taiga, replicas } = createReplicas();
  const [one, other] = replicas;
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    const story = taiga.add("userstory", { description: "old" });
    const ref = `#${story.ref}`;
    // Every other pair goes to one replica.
    const second = pair % 2 === 0 ? one : other;
    const answers = await Promise.all([
      update(one, { status: "Done" }, ref),
      update(second, { description: `by call ${pair}` }, ref),
    ]);
    expect(answers.flatMap(({ data }) => outcomes(data))).toEqual(["updated", "updated"]);
    expect(story).toMatchObject({ status: 3, description: `by call ${pair}` });
  }
});

// @rule TAIGA-20
it("six custom fields that are written at once keep their six values", async () => {
  const { taiga, replicas } = createReplicas();
  const story = taiga.add("userstory");
  const names = ["A", "B", "C", "D", "E", "F"];
  const first = 1_000;
  const [example] = taiga.state.customAttributes.filter(({ kind }) => kind === "userstory");
  taiga.state.customAttributes.push(
    ...names.map((name, index) => ({ ...example!, id: first + index, name, type: "text" })),
  );
  const answers = await Promise.all(
    names.map((name, index) =>
      update(replicas[index % 2]!, { custom_fields: { [name]: `value ${name}` } }),
    ),
  );
  expect(answers.flatMap(({ data }) => outcomes(data))).toEqual(names.map(() => "updated"));
  expect(taiga.customFields(story)).toEqual(
    Object.fromEntries(names.map((name, index) => [first + index, `value ${name}`])),
  );
});

// @rule TAIGA-20
it("six tags that are added at once are all there, in the project's list, too", async () => {
  const { taiga, replicas } = createReplicas();
  const story = taiga.add("userstory", { tags: [] });
  const tags = ["one", "two", "three", "four", "five", "six"];
  const answers = await Promise.all(
    tags.map((tag, index) => update(replicas[index % 2]!, { add_tags: [tag] })),
  );
  expect(answers.flatMap(({ data }) => outcomes(data))).toEqual(tags.map(() => "updated"));
  expect(story.tags.toSorted()).toEqual(tags.toSorted());
  expect(Object.keys(taiga.state.projects[0]!.tags_colors)).toEqual(expect.arrayContaining(tags));
});

// @rule TAIGA-20
it("new tags of different items that are written at once stay in the project's list", async () => {
  const { taiga, replicas } = createReplicas();
  const tags = ["one", "two", "three", "four"];
  const stories = tags.map(() => taiga.add("userstory", { tags: [] }));
  await Promise.all([
    replicas[0].call(updateItems, {
      items: stories.slice(0, 3).map(({ ref }, index) => ({ ref: `#${ref}`, tags: [tags[index]] })),
    }),
    update(replicas[1], { tags: ["four"] }, "#4"),
  ]);
  expect(Object.keys(taiga.state.projects[0]!.tags_colors)).toEqual(expect.arrayContaining(tags));
});

// @rule TAIGA-20
it("of two values for one field at once, one is written and the other told", async () => {
  const { taiga, replicas } = createReplicas();
  const story = taiga.add("userstory");
  const answers = await Promise.all([
    update(replicas[0], { subject: "by bob" }),
    update(replicas[1], { subject: "by alice" }),
  ]);
  const became = answers.flatMap(({ data }) => outcomes(data));
  expect(became.toSorted()).toEqual(["conflict", "updated"]);
  expect(story.subject).toBe(became[0] === "updated" ? "by bob" : "by alice");
});

// @rule TAIGA-20
it("three calls that save one new sprint at once make one sprint", async () => {
  const { taiga, replicas } = createReplicas();
  const input = { sprint: "Sprint 9", start: "2027-01-04", finish: "2027-01-15" };
  const answers = await Promise.all(
    [0, 1, 0].map((index) => replicas[index]!.call(saveSprint, input)),
  );
  expect(answers.map(({ data }): string => data["outcome"]).toSorted()).toEqual([
    "created",
    "unchanged",
    "unchanged",
  ]);
  expect(taiga.state.milestones.filter(({ name }) => name === "Sprint 9")).toHaveLength(1);
});

// @rule TAIGA-20
it("two calls that change different dates of one sprint at once both keep theirs", async () => {
  const { taiga, replicas } = createReplicas();
  await Promise.all([
    replicas[0].call(saveSprint, { sprint: "Sprint 2", start: "2026-11-15" }),
    replicas[1].call(saveSprint, { sprint: "Sprint 2", finish: "2026-12-24" }),
  ]);
  expect(taiga.state.milestones.find(({ name }) => name === "Sprint 2")).toMatchObject({
    estimated_start: "2026-11-15",
    estimated_finish: "2026-12-24",
  });
});
