import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toCompiled, toListSchema } from "../src/compiled-schema.ts";
import { EpicRow } from "../src/resources/epics.ts";
import { IssueRow } from "../src/resources/issues.ts";
import { TaskRow } from "../src/resources/tasks.ts";
import { UserStoryRow } from "../src/resources/user-stories.ts";

const Row = z.object({ id: z.int(), name: z.string(), tags: z.array(z.string()).optional() });

describe("a compiled schema", () => {
  // @rule COST-15
  it("is made at the second use, once", () => {
    const schema = z.object({ id: z.int() });
    expect(toCompiled(schema)).toBe(schema);
    const compiled = toCompiled(schema);
    expect(compiled).not.toBe(schema);
    expect(toCompiled(schema)).toBe(compiled);
  });

  // @rule COST-15
  it.each([
    [{ id: 1, name: "a" }],
    [{ id: 1, name: "a", tags: ["b"], more: true }],
    [{ id: 1.5, name: "a" }],
    [{ id: 1, name: "a", tags: ["b", 2] }],
    ["text"],
  ])("reads %j as the original does, errors included", (row) => {
    const compiled = z.compile(z.array(Row), { strict: true });
    expect(compiled.safeParse([row])).toEqual(z.array(Row).safeParse([row]));
  });

  // @rule COST-15
  it.each(Object.entries({ EpicRow, IssueRow, TaskRow, UserStoryRow }))(
    "exists for %s, which lists are made of",
    (_name, row) => {
      expect(() => z.compile<z.ZodType>(z.array(row), { strict: true })).not.toThrow();
    },
  );
});

// @rule COST-15
it("the schema of a list is the same for the same rows, so that it can be compiled", () => {
  expect(toListSchema(Row)).toBe(toListSchema(Row));
});
