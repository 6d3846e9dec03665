import { describe, expect, it } from "vitest";
import { z } from "zod";
import { listOf, mapOf, strictFields, text } from "../../src/schema/fields.ts";
import { describeIssues } from "../../src/schema/problems.ts";
import { findNearest, withSuggestionBudget } from "../../src/schema/suggestions.ts";

/** Counts how many letters are spelled. */
function createCounter() {
  const counter = {
    letters: 0,
    spell: (name: string): string => {
      counter.letters += name.length;
      return name.toLowerCase();
    },
  };
  return counter;
}

const many = (count: number, length: number): string[] =>
  Array.from({ length: count }, (_, index) => `${index}`.padStart(length, "abcdefgh"));

describe("suggestions for unknown names", () => {
  it("are names that begin alike, contain the name, or differ by few letters", () => {
    const { spell } = createCounter();
    const names = ["Ready for test", "In progress", "Done", "Undone", "New"];
    expect(findNearest("ready", names, spell)).toEqual(["Ready for test"]);
    expect(findNearest("done", names, spell)).toEqual(["Done", "Undone"]);
    expect(findNearest("In progess", names, spell)).toEqual(["In progress"]);
    expect(findNearest("quux", names, spell)).toEqual([]);
  });

  // @rule COST-10
  it("read only the beginnings of long names", () => {
    const { spell } = createCounter();
    const long = `sprint ${"x".repeat(5_000)}`;
    const counter = createCounter();
    expect(findNearest(long, [`${long}y`], counter.spell)).toHaveLength(1);
    expect(counter.letters).toBe(120);
    expect(findNearest("sprint", [long], spell)).toEqual([long]);
  });

  // @rule COST-10
  it("consider a limited number of candidates", () => {
    const counter = createCounter();
    findNearest("x", many(100_000, 6), counter.spell);
    expect(counter.letters).toBeLessThanOrEqual(6 * 2_001);
  });

  // @rule COST-10
  it("stop for the rest of a call that names very many unknown names", () => {
    const counter = createCounter();
    const candidates = many(2_000, 50);
    const unknown = Array.from({ length: 500 }, (_, index) => `${index}`.padEnd(50, "qrst"));
    withSuggestionBudget(() => {
      for (const name of unknown) findNearest(name, candidates, counter.spell);
    });
    // Without a limit it would be 50 million letters read, and 2.5 billion compared.
    expect(counter.letters).toBeLessThan(500_000);
    // The next call has its own.
    withSuggestionBudget(() => {
      expect(findNearest("done", ["Done"], counter.spell)).toEqual(["Done"]);
    });
  });

  // @rule COST-10
  it("share the budget of a call across its awaits, and not with calls that run meanwhile", async () => {
    const counter = createCounter();
    const use = async () => {
      for (const name of many(200, 50)) {
        await Promise.resolve();
        findNearest(name.split("").toReversed().join(""), many(100, 50), counter.spell);
      }
      return findNearest("done", ["Done"], counter.spell);
    };
    const [used, fresh] = await Promise.all([
      withSuggestionBudget(use),
      withSuggestionBudget(async () => findNearest("done", ["Done"], counter.spell)),
    ]);
    expect([used, fresh]).toEqual([[], ["Done"]]);
  });
});

describe("arguments", () => {
  // @rule COST-10
  it("that are too long a list are refused without looking at each entry", () => {
    let checked = 0;
    const item = z.unknown().refine(() => (checked += 1) > 0);
    const result = listOf(item, 50).safeParse(Array.from({ length: 100_000 }, () => 1));
    expect(result.error?.issues[0]?.message).toBe("must have at most 50 entries");
    expect(checked).toBeLessThanOrEqual(51);
  });

  // @rule COST-10
  it("with very many or very long unknown fields get a short answer", () => {
    const args = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`field${index}`.padEnd(2_000, "x"), 1]),
    );
    const { error } = strictFields({ subject: text(10) }).safeParse({ ...args, subject: "x" });
    const message = error?.issues[0]?.message ?? "";
    expect(message.length).toBeLessThan(1_000);
    expect(message).toContain("and 9995 more");
    const plain = z.strictObject({}).safeParse(args);
    expect(describeIssues(plain.error ?? new z.ZodError([])).length).toBeLessThan(1_100);
  });

  // @rule COST-10
  it("with very many custom fields are refused without looking at each", () => {
    let checked = 0;
    const value = z.unknown().refine(() => (checked += 1) > 0);
    const args = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [index, 1]));
    expect(mapOf(value).safeParse(args).error?.issues[0]?.message).toContain("at most 200");
    expect(checked).toBe(0);
  });
});
