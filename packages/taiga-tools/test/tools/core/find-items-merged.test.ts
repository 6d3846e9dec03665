// One order over several kinds, projects and pages.
import { describe, expect, it } from "vitest";
import findItems from "../../../src/tools/core/find-items.ts";
import { createTaiga } from "../../support/taiga.ts";
import { projectOf } from "../../support/taiga-seed.ts";
import { createBench, refs } from "../../support/tool-context.ts";

const KINDS = ["story", "task", "issue"];

describe("find_items over several lists", () => {
  // @rule TAIGA-11
  it("says what is due next, of stories, tasks and issues", async () => {
    const bench = createBench();
    bench.taiga.add("userstory", { due_date: "2026-12-05" });
    bench.taiga.add("task", { due_date: "2026-12-01" });
    bench.taiga.add("issue", { due_date: "2026-12-03" });
    bench.taiga.add("issue", {});
    const input = { project: "alpha-one", kinds: KINDS, order: "due" };
    const { data, text } = await bench.call(findItems, { ...input, limit: 2 });
    expect(refs(data)).toEqual(["#2", "#3"]);
    expect(data).toMatchObject({ total: 4 });
    expect(text).toContain("2 of 4 found");
    const rest = await bench.call(findItems, { ...input, limit: 2, cursor: data["cursor"] });
    expect(refs(rest.data)).toEqual(["#1", "#4"]);
    expect(rest.data["cursor"]).toBeUndefined();
  });

  // @rule TAIGA-11
  it.each(["-modified", "created", "due", "subject", "-votes", "rank"])(
    "shows everything once in the order %s, whatever the pages",
    async (order) => {
      const taiga = createTaiga([1, 2, 3].map((id) => projectOf(`p-${id}`)));
      for (let index = 0; index < 60; index += 1) {
        const kind = (["userstory", "task", "issue", "epic"] as const)[index % 4]!;
        taiga.add(kind, {
          project: (index % 3) + 1,
          subject: `Item ${index % 7}`,
          ...(kind !== "epic" && { due_date: `2026-12-0${(index % 5) + 1}` }),
          // Moments are shared, also by items of different lists.
          created_date: `2026-11-02T00:00:0${index % 9}Z`,
          modified_date: `2026-11-03T00:00:0${index % 9}Z`,
        });
      }
      const bench = createBench({ taiga });
      const input = { kinds: [...KINDS, "epic"], order };
      const whole = refs((await bench.call(findItems, { ...input, limit: 100 })).data);
      expect(new Set(whole).size).toBe(60);
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const { data } = await bench.call(findItems, {
          ...input,
          limit: 7,
          ...(cursor && { cursor }),
        });
        paged.push(...refs(data));
        cursor = data["cursor"] as string | undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(whole);
    },
  );

  // @rule TAIGA-11
  it("sorts by moment over projects", async () => {
    const taiga = createTaiga([1, 2].map((id) => projectOf(`p-${id}`)));
    for (const project of [1, 2, 1, 2]) taiga.add("userstory", { project });
    const bench = createBench({ taiga });
    const { data } = await bench.call(findItems, { order: "-created" });
    expect(refs(data)).toEqual(["p-2#2", "p-1#2", "p-2#1", "p-1#1"]);
  });
});
