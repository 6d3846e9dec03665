// How many requests one call of a tool makes to Taiga with its largest arguments.
import { describe, expect, it } from "vitest";
import type { ToolDefinition } from "../../src/tool/define-tool.ts";
import createItems from "../../src/tools/core/create-items.ts";
import findItems from "../../src/tools/core/find-items.ts";
import getActivity from "../../src/tools/core/get-activity.ts";
import getItems from "../../src/tools/core/get-items.ts";
import updateItems from "../../src/tools/core/update-items.ts";
import { createTaiga } from "../support/taiga.ts";
import { projectOf } from "../support/taiga-seed.ts";
import { createBench } from "../support/tool-context.ts";

const PROJECTS = 30;

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Thirty projects, the first with a hundred stories. */
function startLarge() {
  const seeds = many(PROJECTS, (index) => projectOf(`project-${index}`));
  const bench = createBench({ taiga: createTaiga(seeds) });
  for (let index = 0; index < 100; index += 1) bench.taiga.add("userstory");
  return bench;
}

const refs = many(100, (index) => `project-0#${index + 1}`);
const unknown = many(100, (index) => `project-${index % PROJECTS}#${9_000 + index}`);
const items = many(100, (index) => ({
  kind: "story",
  subject: `Story ${index}`,
  tasks: [{ subject: "Task" }],
}));

describe("the largest call", () => {
  // @rule COST-12
  it.each<[string, ToolDefinition, object, number]>([
    ["get_items", getItems, { refs, include: ["comments", "description"] }, 400],
    ["get_items without a match", getItems, { refs: unknown }, 250],
    // The first page of every list is needed to merge them in one order.
    ["find_items", findItems, { kinds: ["story", "task", "issue", "epic"], limit: 100 }, 200],
    [
      "find_items by names",
      findItems,
      { kinds: ["story", "task", "issue"], assigned_to: ["me"], tags: many(50, (i) => `t${i}`) },
      150,
    ],
    ["find_items by text", findItems, { text: "x", kinds: ["story", "task", "issue"] }, 150],
    ["get_activity", getActivity, { project: "project-0", limit: 100 }, 50],
    [
      "update_items",
      updateItems,
      { items: refs.map((ref) => ({ ref, version: "1", subject: "New", add_tags: ["a"] })) },
      // Of each item: its ref, before, the write, after.
      410,
    ],
    ["create_items", createItems, { project: "project-0", items }, 400],
  ])(
    "of %s makes a limited number of requests to Taiga",
    async (_name, tool, input, limit) => {
      const bench = startLarge();
      bench.taiga.forgetRequests();
      await bench.call(tool, input);
      const asked = bench.taiga.asked().length;
      expect(asked).toBeGreaterThan(0);
      expect(asked).toBeLessThanOrEqual(limit);
    },
    60_000,
  );
});
