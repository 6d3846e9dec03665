import { createSqliteKv } from "@taiga-mcp/store";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRateLimits } from "../../src/storage/rate-limits.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";

const NOW = 1_800_000_000;
const TTL = { ttlSeconds: 600 };
const clock = () => NOW;
const keys = createKeyNames("https://taiga.example/api/v1");

const stored = fc.oneof(
  fc.constantFrom("", "-1", "1e9", "NaN", "Infinity", " 1", "0x10", "9007199254740993", "null"),
  fc.integer().map(String),
  fc.string({ unit: "binary" }),
);

describe("any text as a stored counter", () => {
  // @rule INPUT-12
  it("allows no more requests than its limit, and none when the stored value is not a number", async () => {
    await fc.assert(
      fc.asyncProperty(stored, fc.integer({ min: 1, max: 20 }), async (text, maximum) => {
        const kv = createSqliteKv({ file: ":memory:", clock });
        const limit = createRateLimits({ kv, keys, clock })({
          name: "login",
          windowSeconds: 60,
          maximum,
        });
        await kv.set(keys.rateLimit("login", "192.0.2.1"), text, TTL);
        const isCount = /^\d{1,15}$/.test(text);
        let passed = 0;
        for (let tries = 0; tries < 25; tries += 1) {
          const { totalHits } = await limit.increment("192.0.2.1");
          if (totalHits <= maximum) passed += 1;
        }
        expect(passed).toBe(isCount ? Math.max(0, maximum - Number(text)) : 0);
      }),
    );
  });
});
