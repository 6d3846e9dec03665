import { createSqliteKv } from "@taiga-mcp/store";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIdempotency } from "../../src/calls/idempotency.ts";

const clock = () => 1_800_000_000;
const name = fc.oneof(fc.constantFrom("a", "b", "", "a,b", '"', "__proto__"), fc.string());
const args = fc.jsonValue({ maxDepth: 2 });

function start() {
  const keys: string[] = [];
  const memory = createSqliteKv({ file: ":memory:", clock });
  const setIfAbsent: typeof memory.setIfAbsent = async (...call) => {
    keys.push(call[0]);
    return memory.setIfAbsent(...call);
  };
  const kv = { ...memory, setIfAbsent };
  const of = (subject: string) => createIdempotency({ store: kv, clock, subject });
  return { kv, keys, of };
}

describe("an idempotency key of any text", () => {
  // @rule INPUT-19
  it("is one user's and one tool's own, and repeats exactly what was made under it", async () => {
    const call = fc.record({ subject: name, tool: name, key: name });
    await fc.assert(
      fc.asyncProperty(call, call, args, async (one, other, asked) => {
        const { of } = start();
        const run = ({ subject, tool, key }: typeof one, result: string) =>
          of(subject).run({ tool, key, args: asked }, async () => ({ result, isComplete: true }));
        await run(one, "first");
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(await run(other, "second")).toEqual({
          result: isSame ? "first" : "second",
          repeated: isSame,
        });
      }),
    );
  });

  it("stands in the store as a hash, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(name, args, async (key, asked) => {
        const { of, keys } = start();
        await of("u").run({ tool: "t", key, args: asked }, async () => ({
          result: 1,
          isComplete: true,
        }));
        expect(keys).toEqual([expect.stringMatching(/^idempotency:[\w-]{43}$/)]);
      }),
    );
  });
});

describe("a stored call of any text", () => {
  // @rule INPUT-12
  it("starts no work when the stored record is invalid", async () => {
    const record = fc.record({
      argsHash: fc.constantFrom("x", ""),
      leasedUntil: fc.oneof(fc.integer(), fc.jsonValue({ maxDepth: 0 })),
      steps: fc.jsonValue({ maxDepth: 2 }),
    });
    const stored = fc.oneof(
      record.map((value) => JSON.stringify(value)),
      fc.json({ maxDepth: 2 }),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(stored, async (text) => {
        const { kv, keys, of } = start();
        const call = { tool: "t", key: "k", args: {} };
        const work = async () => ({ result: "made", isComplete: true });
        await of("u").run(call, work);
        await kv.set(keys[0] ?? "", text, { ttlSeconds: 60 });
        let started = 0;
        const again = of("u").run(call, async () => {
          started += 1;
          return work();
        });
        const error: unknown = await again.catch((thrown: unknown) => thrown);
        expect([error instanceof Error, started]).toEqual([true, 0]);
      }),
      { numRuns: 200 },
    );
  });
});
