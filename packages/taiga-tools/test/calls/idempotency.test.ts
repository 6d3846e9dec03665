import { createSqliteKv } from "@taiga-mcp/store";
import { TaigaError } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import type { CallStore } from "../../src/calls/call-store.ts";
import { createIdempotency, type CallProgress } from "../../src/calls/idempotency.ts";

const setUp = () => {
  const clock = { now: 1_000_000 };
  const kv = createSqliteKv({ file: ":memory:", clock: () => clock.now });
  const of = (subject: string, store: CallStore = kv) =>
    createIdempotency({ store, clock: () => clock.now, subject });
  const made: string[] = [];
  const make = (name: string) => async () => {
    made.push(name);
    return `${name} made`;
  };
  return { clock, kv, of, idempotency: of("bob"), made, make };
};
const call = { tool: "create_items", key: "key-1", args: { items: ["a"], project: "x" } };
const complete = async (progress: CallProgress, name: string, make: () => Promise<string>) => ({
  result: await progress.step(name, make),
  isComplete: true,
});
/** What a store that does not answer throws, in a class of its own. */
const toOutage = (message: string) =>
  Object.assign(new Error(message), { code: "temporarily_unavailable" });
/** Work that stops where a killed process does: it never comes back. */
const never = () => new Promise<never>(() => {});

describe("a call under an idempotency key", () => {
  it("answers a repetition with the first result, whatever the order of the arguments' fields", async () => {
    const { idempotency, made, make } = setUp();
    const work = (progress: CallProgress) => complete(progress, "0", make("a"));
    expect(await idempotency.run(call, work)).toEqual({ result: "a made", repeated: false });
    const again = { ...call, args: { project: "x", items: ["a"] } };
    expect(await idempotency.run(again, work)).toEqual({ result: "a made", repeated: true });
    expect(made).toEqual(["a"]);
  });

  it("remembers for a day, and nothing without a key", async () => {
    const { idempotency, clock, made, make } = setUp();
    const work = (progress: CallProgress) => complete(progress, "0", make("a"));
    await idempotency.run({ ...call, key: undefined }, work);
    await idempotency.run({ ...call, key: undefined }, work);
    expect(made).toHaveLength(2);
    await idempotency.run(call, work);
    clock.now += 24 * 60 * 60 - 1;
    await idempotency.run(call, work);
    expect(made).toHaveLength(3);
    clock.now += 1;
    await idempotency.run(call, work);
    expect(made).toHaveLength(4);
  });

  it("keeps users and tools apart", async () => {
    const { of, idempotency, made, make } = setUp();
    const work = (progress: CallProgress) => complete(progress, "0", make("a"));
    await idempotency.run(call, work);
    await of("alice").run({ ...call, args: {} }, work);
    await idempotency.run({ ...call, tool: "save_sprint", args: {} }, work);
    expect(made).toHaveLength(3);
  });

  it("refuses other arguments under the same key", async () => {
    const { idempotency, make } = setUp();
    await idempotency.run(call, (progress) => complete(progress, "0", make("a")));
    const other = idempotency.run({ ...call, args: {} }, async () => ({
      result: 1,
      isComplete: true,
    }));
    await expect(other).rejects.toMatchObject({ code: "idempotency_mismatch" });
  });

  // @rule TAIGA-2
  it("lets one of two simultaneous calls work", async () => {
    const { idempotency, made, make } = setUp();
    const work = (progress: CallProgress) => complete(progress, "0", make("a"));
    const results = await Promise.allSettled([
      idempotency.run(call, work),
      idempotency.run(call, work),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(made).toEqual(["a"]);
  });

  // @rule TAIGA-2
  it("after a crash keeps what was made, never repeats what was under way, makes the rest", async () => {
    const { idempotency, clock, made, make } = setUp();
    const { promise: underWay, resolve: begin } = Promise.withResolvers<void>();
    void idempotency.run(call, async (progress) => {
      await progress.step("0", make("a"));
      await progress.step("1", () => {
        begin();
        return never();
      });
      return { result: "", isComplete: true };
    });
    await underWay;
    const resume = async (progress: CallProgress) => {
      const first = await progress.step("0", make("a"));
      const second = await progress.step("1", make("b")).catch((error) => error.code);
      const third = await progress.step("2", make("c"));
      return { result: [first, second, third], isComplete: false };
    };
    await expect(idempotency.run(call, resume)).rejects.toMatchObject({ code: "outcome_unknown" });
    clock.now += 120;
    const { result } = await idempotency.run(call, resume);
    expect(result).toEqual(["a made", "outcome_unknown", "c made"]);
    expect((await idempotency.run(call, resume)).result).toEqual(result);
    expect(made).toEqual(["a", "c"]);
  });

  it("stops a call whose claim another took over, before it makes anything more", async () => {
    const { idempotency, clock, made, make } = setUp();
    const { promise: underWay, resolve: begin } = Promise.withResolvers<void>();
    const { promise: wait, resolve: goOn } = Promise.withResolvers<void>();
    const slow = idempotency.run(call, async (progress) => {
      begin();
      await wait;
      return complete(progress, "0", make("slow"));
    });
    await underWay;
    clock.now += 120;
    await idempotency.run(call, (progress) => complete(progress, "0", make("fast")));
    goOn();
    await expect(slow).rejects.toMatchObject({ code: "outcome_unknown" });
    expect(made).toEqual(["fast"]);
  });

  it("repeats what Taiga refused, but not what may have been carried out", async () => {
    const { idempotency, make } = setUp();
    const failing = (error: Error) => async () => Promise.reject(error);
    const attempt = (first: () => Promise<string>, second: () => Promise<string>) =>
      idempotency.run(call, async (progress) => {
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
    const { idempotency, make } = setUp();
    const refused = idempotency.run(call, async () => Promise.reject(new Error("bad name")));
    await expect(refused).rejects.toThrow("bad name");
    const mended = { ...call, args: { items: ["b"] } };
    await idempotency.run(mended, (progress) => complete(progress, "0", make("b")));
  });

  it("starts nothing while the store does not answer, and answers when only the end is lost", async () => {
    const { kv, of, made, make } = setUp();
    const down = async () => Promise.reject(toOutage("store is down"));
    const over = (broken: Partial<typeof kv>) => of("bob", { ...kv, ...broken });
    const work = (progress: CallProgress) => complete(progress, "0", make("a"));
    await expect(over({ setIfAbsent: down }).run(call, work)).rejects.toThrow("store is down");
    await expect(over({ compareAndSet: down }).run(call, work)).rejects.toThrow("store is down");
    expect(made).toEqual([]);

    let writes = 0;
    const dies: typeof kv.compareAndSet = (...args) =>
      (writes += 1) > 1 ? down() : kv.compareAndSet(...args);
    const { result } = await over({ compareAndSet: dies }).run({ ...call, key: "key-2" }, work);
    expect(result).toBe("a made");
  });

  // @rule STORE-1
  it("writes no key, subject or argument in the clear", async () => {
    const { kv, of } = setUp();
    const seen: string[] = [];
    const spied = {
      ...kv,
      setIfAbsent: (...args: Parameters<typeof kv.setIfAbsent>) => {
        seen.push(JSON.stringify(args));
        return kv.setIfAbsent(...args);
      },
    };
    await of("subject-of-bob", spied).run({ ...call, args: "confidential" }, async () => ({
      result: 1,
      isComplete: true,
    }));
    expect(seen.join()).not.toMatch(/subject-of-bob|key-1|confidential/);
  });
});
