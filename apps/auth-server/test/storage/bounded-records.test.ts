import { createSqliteKv } from "@taiga-mcp/store";
import { expect, it } from "vitest";
import { createBoundedRecords } from "../../src/storage/bounded-records.ts";

// @rule COST-2
it("a large limit is checked at every hundredth of it, and holds but for that", async () => {
  let now = 1_000;
  const kv = createSqliteKv({ file: ":memory:", clock: () => now });
  let checks = 0;
  const bounded = createBoundedRecords({
    kv: {
      firstToEnd: (...args) => {
        checks += 1;
        return kv.firstToEnd(...args);
      },
    },
    indexes: { newcomers: "new", others: "more" },
    maximum: 1_000,
    unusedTtlSeconds: 100,
    deleteUnused: async (key) => void (await kv.delete(key)),
  });
  for (let index = 0; index < 1_500; index += 1) {
    if (index % 100 === 0) now += 1;
    const name = bounded.indexOf({ isNewcomer: index % 10 === 0 });
    await kv.set(`r${index}`, "x", { ttlSeconds: 100, indexes: [name] });
    await bounded.added();
  }
  const [newcomers, others] = await Promise.all([kv.members("new"), kv.members("more")]);
  expect(newcomers).toHaveLength(150);
  expect(others.length).toBeGreaterThanOrEqual(850);
  expect(others.length).toBeLessThanOrEqual(860);
  expect(others).toContain("r1499");
  // Each check reads two indexes.
  expect(checks).toBeLessThanOrEqual(2 * 151);
  await kv.close();
});
