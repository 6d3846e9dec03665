import { createSqliteKv } from "@taiga-mcp/store";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { createRefreshSchedule } from "../../src/vault/refresh-schedule.ts";

const NOW = 1_800_000_000;
const clock = () => NOW;
const keys = createKeyNames("https://taiga.example/api/v1");

describe("any text as a stored plan", () => {
  // @rule INPUT-12
  it("is skipped when it is invalid, and does not block other plans", async () => {
    const plan = fc.record({ grantId: fc.jsonValue({ maxDepth: 0 }), dueAt: fc.jsonValue() });
    const stored = fc.oneof(
      plan.map((value) => JSON.stringify(value)),
      fc.json({ maxDepth: 2 }),
      fc.string({ unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(stored, async (text) => {
        const kv = createSqliteKv({ file: ":memory:", clock });
        const schedule = createRefreshSchedule({ kv, clock, keys });
        const options = { ttlSeconds: 600, indexes: [keys.renewalPlans] };
        await kv.set(keys.renewalPlan("damaged"), text, options);
        const good = JSON.stringify({ grantId: "good", dueAt: NOW });
        await kv.set(keys.renewalPlan("good"), good, { ...options, ttlSeconds: 601 });
        const taken = [];
        for (const name of await schedule.due(10)) taken.push(await schedule.lease(name));
        expect(taken).toHaveLength(2);
        expect(taken).toContain("good");
        expect(taken.filter((each) => each !== undefined && typeof each !== "string")).toEqual([]);
      }),
    );
  });
});
