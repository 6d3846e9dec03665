// A search ends, says honestly how far it came, and costs one request a page where Taiga can do it.
import { describe, expect, it } from "vitest";
import findItems from "../../../src/tools/core/find-items.ts";
import { type Bench, createBench, refs } from "../../support/tool-context.ts";

/** Follows the cursors, until one comes twice. */
async function findAll(bench: Bench, input: object) {
  const pages: { refs: string[]; text: string; asked: string[] }[] = [];
  const cursors = new Set<string | undefined>();
  let cursor: string | undefined;
  do {
    bench.asked();
    const { data, text } = await bench.call(findItems, { ...input, ...(cursor && { cursor }) });
    pages.push({ refs: refs(data), text, asked: bench.asked() });
    cursor = data["cursor"] as string | undefined;
    if (cursors.has(cursor)) throw new Error("The same cursor came twice.");
    cursors.add(cursor);
  } while (cursor !== undefined);
  return { pages, found: pages.flatMap((page) => page.refs) };
}

/** Stories of one moment, of which the one with this index has the custom field. */
function startWithFields(count: number, wanted: number, fields: object = {}): Bench {
  const bench = createBench();
  for (let index = 0; index < count; index += 1) {
    const story = bench.taiga.add("userstory", {
      subject: `Story ${String(index).padStart(4, "0")}`,
      ...fields,
    });
    if (index === wanted) bench.taiga.setCustomFields(story, { 1: "ACME" }, 2);
  }
  return bench;
}

const SEARCH = { project: "alpha-one", custom_fields: { Customer: "ACME" } };

describe("a search", () => {
  // @rule TAIGA-10
  it.each(["-modified", "created", "rank", "subject", "due"])(
    "by a custom field among 500 candidates ends, in the order %s",
    async (order) => {
      const wanted = order === "-modified" ? 3 : 490;
      const bench = startWithFields(500, wanted);
      const { pages, found } = await findAll(bench, { ...SEARCH, order });
      expect(found).toEqual([`#${wanted + 1}`]);
      for (const { asked } of pages) expect(asked.length).toBeLessThanOrEqual(215);
      expect(pages[0]!.text).toMatch(/stopped after it had examined \d+ items.*Narrow it/);
    },
  );

  // @rule TAIGA-10
  it("by a custom field ends, though all candidates share one moment", async () => {
    const bench = startWithFields(300, 299, { modified_date: "2026-11-02T00:00:00Z" });
    expect((await findAll(bench, SEARCH)).found).toEqual(["#300"]);
  });

  // @rule TAIGA-10
  it.each(["-modified", "modified", "-created", "created"])(
    "costs one request a page in the order %s, though all is of one day",
    async (order) => {
      const bench = createBench();
      for (let index = 0; index < 400; index += 1) bench.taiga.add("userstory");
      const { pages, found } = await findAll(bench, { project: "alpha-one", order, limit: 50 });
      expect(new Set(found).size).toBe(400);
      expect(pages.map(({ asked }) => asked)).toEqual(
        Array.from({ length: 8 }, () => ["GET /userstories"]),
      );
    },
  );

  // @rule TAIGA-10
  it("tells the total of what Taiga cannot filter, when it has read all", async () => {
    const bench = createBench();
    for (let index = 0; index < 5; index += 1) {
      bench.taiga.add("userstory", { is_blocked: index < 3 });
    }
    const input = { project: "alpha-one", blocked: true, limit: 2 };
    const { data, text } = await bench.call(findItems, input);
    expect(data).toMatchObject({ total: 3 });
    expect(text).toContain("2 of 3 found");
  });
});
