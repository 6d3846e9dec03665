import { describe, expect, it } from "vitest";
import { createLimiter } from "../src/limiter.ts";

/** A task that runs until it is told to end. */
function createTask() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { run: () => promise, end: resolve };
}

describe("createLimiter", () => {
  it("serves in order of arrival", async () => {
    const limiter = createLimiter({ maxParallel: 1, maxWaitMs: 1_000 });
    const order: number[] = [];

    await Promise.all(
      [1, 2, 3].map((number) => limiter.run(async () => order.push(number), undefined)),
    );

    expect(order).toEqual([1, 2, 3]);
  });

  it("frees the place of a task that failed", async () => {
    const limiter = createLimiter({ maxParallel: 1, maxWaitMs: 1_000 });

    await expect(limiter.run(() => Promise.reject(new Error("no")), undefined)).rejects.toThrow(
      "no",
    );
    await expect(limiter.run(async () => "next", undefined)).resolves.toBe("next");
  });

  it("removes aborted tasks from the queue without running them", async () => {
    const limiter = createLimiter({ maxParallel: 1, maxWaitMs: 1_000 });
    const controller = new AbortController();
    const first = createTask();
    const running = limiter.run(first.run, undefined);
    let ran = false;
    const leaving = limiter.run(async () => void (ran = true), controller.signal);
    const last = limiter.run(async () => "last", undefined);

    controller.abort();
    await expect(leaving).rejects.toMatchObject({ code: "aborted", outcomeUnknown: false });
    first.end("done");

    expect(await Promise.all([running, last])).toEqual(["done", "last"]);
    expect(ran).toBe(false);
  });

  it("does not queue tasks that are already aborted", async () => {
    const limiter = createLimiter({ maxParallel: 1, maxWaitMs: 1_000 });
    let ran = false;

    await expect(
      limiter.run(async () => void (ran = true), AbortSignal.abort()),
    ).rejects.toMatchObject({ code: "aborted", outcomeUnknown: false });
    expect(ran).toBe(false);
    await expect(limiter.run(async () => "next", undefined)).resolves.toBe("next");
  });

  it("rejects tasks after too long a wait, so that the queue stays bounded", async () => {
    const limiter = createLimiter({ maxParallel: 1, maxWaitMs: 20 });
    const first = createTask();
    const running = limiter.run(first.run, undefined);

    await expect(limiter.run(async () => "never", undefined)).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
    });
    first.end("done");
    await running;
    await expect(limiter.run(async () => "next", undefined)).resolves.toBe("next");
  });
});
