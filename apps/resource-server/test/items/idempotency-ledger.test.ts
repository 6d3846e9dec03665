import { UnavailableError } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { TaigaError } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import {
  createIdempotencyLedgers,
  type LedgerProgress,
} from "../../src/items/idempotency-ledger.ts";

const setUp = () => {
  const clock = { now: 1_000_000 };
  const kv = createSqliteKv({ file: ":memory:", clock: () => clock.now });
  const ledgers = createIdempotencyLedgers({ kv, clock: () => clock.now });
  const made: string[] = [];
  const make = (name: string) => async () => {
    made.push(name);
    return `${name} made`;
  };
  return { clock, kv, ledgers, ledger: ledgers.for("bob"), made, make };
};
const call = { tool: "create_items", key: "key-1", args: { items: ["a"], project: "x" } };
const complete = async (progress: LedgerProgress, name: string, make: () => Promise<string>) => ({
  result: await progress.step(name, make),
  isComplete: true,
});
/** Work that stops where a killed process does: it never comes back. */
const never = () => new Promise<never>(() => {});

describe("the idempotency ledger", () => {
  it("answers a repetition with the first result, whatever the order of the arguments' fields", async () => {
    const { ledger, made, make } = setUp();
    const work = (progress: LedgerProgress) => complete(progress, "0", make("a"));
    expect(await ledger.run(call, work)).toEqual({ result: "a made", repeated: false });
    const again = { ...call, args: { project: "x", items: ["a"] } };
    expect(await ledger.run(again, work)).toEqual({ result: "a made", repeated: true });
    expect(made).toEqual(["a"]);
  });

  it("remembers for a day, and nothing without a key", async () => {
    const { ledger, clock, made, make } = setUp();
    const work = (progress: LedgerProgress) => complete(progress, "0", make("a"));
    await ledger.run({ ...call, key: undefined }, work);
    await ledger.run({ ...call, key: undefined }, work);
    expect(made).toHaveLength(2);
    await ledger.run(call, work);
    clock.now += 24 * 60 * 60 - 1;
    await ledger.run(call, work);
    expect(made).toHaveLength(3);
    clock.now += 1;
    await ledger.run(call, work);
    expect(made).toHaveLength(4);
  });

  it("keeps users and tools apart", async () => {
    const { ledgers, ledger, made, make } = setUp();
    const work = (progress: LedgerProgress) => complete(progress, "0", make("a"));
    await ledger.run(call, work);
    await ledgers.for("alice").run({ ...call, args: {} }, work);
    await ledger.run({ ...call, tool: "save_sprint", args: {} }, work);
    expect(made).toHaveLength(3);
  });

  it("refuses other arguments under the same key", async () => {
    const { ledger, make } = setUp();
    await ledger.run(call, (progress) => complete(progress, "0", make("a")));
    const other = ledger.run({ ...call, args: {} }, async () => ({ result: 1, isComplete: true }));
    await expect(other).rejects.toMatchObject({ code: "idempotency_mismatch" });
  });

  it("lets one of two simultaneous calls work", async () => {
    const { ledger, made, make } = setUp();
    const work = (progress: LedgerProgress) => complete(progress, "0", make("a"));
    const results = await Promise.allSettled([ledger.run(call, work), ledger.run(call, work)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(made).toEqual(["a"]);
  });

  it("after a crash keeps what was made, never repeats what was under way, makes the rest", async () => {
    const { ledger, clock, made, make } = setUp();
    void ledger.run(call, async (progress) => {
      await progress.step("0", make("a"));
      await progress.step("1", never);
      return { result: "", isComplete: true };
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const resume = async (progress: LedgerProgress) => {
      const first = await progress.step("0", make("a"));
      const second = await progress.step("1", make("b")).catch((error) => error.code);
      const third = await progress.step("2", make("c"));
      return { result: [first, second, third], isComplete: false };
    };
    await expect(ledger.run(call, resume)).rejects.toMatchObject({ code: "outcome_unknown" });
    clock.now += 120;
    const { result } = await ledger.run(call, resume);
    expect(result).toEqual(["a made", "outcome_unknown", "c made"]);
    expect((await ledger.run(call, resume)).result).toEqual(result);
    expect(made).toEqual(["a", "c"]);
  });

  it("stops a call whose claim another took over, before it makes anything more", async () => {
    const { ledger, clock, made, make } = setUp();
    let goOn = () => {};
    const slow = ledger.run(call, async (progress) => {
      await new Promise<void>((resolve) => (goOn = resolve));
      return complete(progress, "0", make("slow"));
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    clock.now += 120;
    await ledger.run(call, (progress) => complete(progress, "0", make("fast")));
    goOn();
    await expect(slow).rejects.toMatchObject({ code: "outcome_unknown" });
    expect(made).toEqual(["fast"]);
  });

  it("repeats what Taiga refused, but not what may have been carried out", async () => {
    const { ledger, make } = setUp();
    const failing = (error: Error) => async () => Promise.reject(error);
    const attempt = (first: () => Promise<string>, second: () => Promise<string>) =>
      ledger.run(call, async (progress) => {
        const outcomes = [];
        for (const [name, step] of [
          ["0", first],
          ["1", second],
        ] as const) {
          outcomes.push(await progress.step(name, step).catch((error) => error.code));
        }
        return { result: outcomes, isComplete: false };
      });
    await attempt(
      failing(new TaigaError("validation_failed", "no")),
      failing(new TaigaError("unavailable", "?", { outcomeUnknown: true })),
    );
    expect((await attempt(make("a"), make("b"))).result).toEqual(["a made", "outcome_unknown"]);
  });

  it("frees the key of work that did nothing, so that mended arguments can use it", async () => {
    const { ledger, make } = setUp();
    const refused = ledger.run(call, async () => Promise.reject(new Error("bad name")));
    await expect(refused).rejects.toThrow("bad name");
    const mended = { ...call, args: { items: ["b"] } };
    await ledger.run(mended, (progress) => complete(progress, "0", make("b")));
  });

  it("starts nothing while the store does not answer, and answers when only the end is lost", async () => {
    const { kv, clock, made, make } = setUp();
    const down = async () => Promise.reject(new UnavailableError("store is down"));
    const over = (broken: Partial<typeof kv>) =>
      createIdempotencyLedgers({ kv: { ...kv, ...broken }, clock: () => clock.now }).for("bob");
    const work = (progress: LedgerProgress) => complete(progress, "0", make("a"));
    await expect(over({ setIfAbsent: down }).run(call, work)).rejects.toThrow("store is down");
    await expect(over({ compareAndSet: down }).run(call, work)).rejects.toThrow("store is down");
    expect(made).toEqual([]);

    let writes = 0;
    const dies: typeof kv.compareAndSet = (...args) =>
      (writes += 1) > 1 ? down() : kv.compareAndSet(...args);
    const { result } = await over({ compareAndSet: dies }).run({ ...call, key: "key-2" }, work);
    expect(result).toBe("a made");
  });

  it("writes no key, subject or argument in the clear", async () => {
    const { kv, clock } = setUp();
    const seen: string[] = [];
    const spied = {
      ...kv,
      setIfAbsent: (...args: Parameters<typeof kv.setIfAbsent>) => {
        seen.push(JSON.stringify(args));
        return kv.setIfAbsent(...args);
      },
    };
    await createIdempotencyLedgers({ kv: spied, clock: () => clock.now })
      .for("subject-of-bob")
      .run({ ...call, args: "confidential" }, async () => ({ result: 1, isComplete: true }));
    expect(seen.join()).not.toMatch(/subject-of-bob|key-1|confidential/);
  });
});
