import { describe, expect, it } from "vitest";
import findItems from "../../../src/tools/core/find-items.ts";
import { createBench, refs } from "../../support/tool-context.ts";

describe("find_items with a cursor", () => {
  it.each(["-modified", "created", "rank", "subject", "due", "status"])(
    "goes on by position in the order %s, so that changing what was listed skips nothing",
    async (order) => {
      const bench = createBench();
      for (let index = 0; index < 25; index += 1) {
        bench.taiga.add("userstory", {
          subject: `Story ${String(index % 5)}`,
          due_date: index % 3 === 0 ? null : `2026-12-0${(index % 4) + 1}`,
          status: (index % 2) + 1,
        });
      }
      const input = { project: "alpha-one", order, closed: false, limit: 10 };
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const { data } = await bench.call(findItems, { ...input, ...(cursor && { cursor }) });
        seen.push(...refs(data));
        cursor = data.cursor as string | undefined;
        // What was listed leaves the filter: pages by number would now skip as many.
        for (const item of bench.taiga.state.userstories) {
          if (seen.includes(`#${item.ref}`)) item.is_closed = true;
        }
      } while (cursor !== undefined);
      expect(seen.toSorted()).toEqual(Array.from({ length: 25 }, (_, i) => `#${i + 1}`).toSorted());
      expect(new Set(seen).size).toBe(25);
    },
  );

  it("lists all that share one moment, though a page ends among them", async () => {
    const bench = createBench();
    for (let index = 0; index < 9; index += 1) {
      bench.taiga.add("userstory", { modified_date: "2026-11-02T00:00:00Z" });
    }
    const first = await bench.call(findItems, { project: "alpha-one", limit: 4 });
    const second = await bench.call(findItems, {
      project: "alpha-one",
      limit: 100,
      cursor: first.data.cursor,
    });
    expect(new Set([...refs(first.data), ...refs(second.data)]).size).toBe(9);
    expect(second.data.cursor).toBeUndefined();
  });

  it("refuses an invalid cursor and the cursor of another search", async () => {
    const bench = createBench();
    for (let index = 0; index < 3; index += 1) bench.taiga.add("userstory");
    const { data } = await bench.call(findItems, { project: "alpha-one", limit: 1 });
    const other = { project: "alpha-one", limit: 1, blocked: true, cursor: data.cursor };
    await expect(bench.call(findItems, other)).rejects.toThrow("belongs to a search with other");
    for (const cursor of ["nonsense", "e30", Buffer.from("[]").toString("base64url")]) {
      await expect(bench.call(findItems, { project: "alpha-one", cursor })).rejects.toMatchObject({
        code: "invalid_argument",
      });
    }
  });

  // @rule TAIGA-6
  it("keeps rows that do not fit behind the cursor", async () => {
    const bench = createBench();
    for (let index = 0; index < 100; index += 1) {
      bench.taiga.add("userstory", { subject: `${index} ${"x".repeat(480)}` });
    }
    const first = await bench.call(findItems, { project: "alpha-one", limit: 100 });
    expect(new TextEncoder().encode(first.text).length).toBeLessThan(25_000);
    expect(first.data.items.length).toBeLessThan(100);
    const { data } = await bench.call(findItems, {
      project: "alpha-one",
      limit: 100,
      cursor: first.data.cursor,
    });
    expect(refs(data)[0]).toBe(`#${100 - first.data.items.length}`);
  });
});
