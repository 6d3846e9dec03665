import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPlaces } from "../../src/limits/places.ts";
import { createTokenBuckets } from "../../src/limits/token-buckets.ts";

describe("token buckets", () => {
  // @rule COST-7
  it("allow a burst of a minute's worth, then come back evenly", () => {
    let now = 1_000;
    const buckets = createTokenBuckets({ perMinute: 60, clock: () => now });
    for (let index = 0; index < 60; index += 1) expect(buckets.take("a")).toBe(0);
    expect(buckets.take("a")).toBe(1);
    expect(buckets.take("b")).toBe(0);
    now += 3;
    for (let index = 0; index < 3; index += 1) expect(buckets.take("a")).toBe(0);
    expect(buckets.take("a")).toBe(1);
    buckets.refund("a");
    expect(buckets.take("a")).toBe(0);
    now -= 500;
    expect(buckets.take("a")).toBe(1);
    now += 3_600;
    for (let index = 0; index < 60; index += 1) expect(buckets.take("a")).toBe(0);
    expect(buckets.take("a")).toBe(1);
  });

  it("say how long to wait", () => {
    const buckets = createTokenBuckets({ perMinute: 10, clock: () => 0 });
    for (let index = 0; index < 10; index += 1) buckets.take("a");
    expect(buckets.take("a")).toBe(6);
  });
});

describe("places", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const never = new AbortController().signal;

  // @rule COST-8
  it("pass to those who wait, in order, and never to more than the limit", async () => {
    const places = createPlaces({ parallel: 1, waiting: 2, maxWaitMs: 1_000 });
    const order: string[] = [];
    const first = await places.enter("a", never);
    const second = places.enter("a", never).then((leave) => (order.push("second"), leave));
    const third = places.enter("a", never).then((leave) => (order.push("third"), leave));
    expect(await places.enter("a", never)).toBeUndefined();
    expect(await places.enter("b", never)).toBeDefined();
    expect(order).toEqual([]);
    first?.();
    (await second)?.();
    (await third)?.();
    expect(order).toEqual(["second", "third"]);
    expect(await places.enter("a", never)).toBeDefined();
  });

  // @rule COST-8
  it("are given up after a time, and when the caller is gone", async () => {
    const places = createPlaces({ parallel: 1, waiting: 5, maxWaitMs: 1_000 });
    const leave = await places.enter("a", never);
    const slow = places.enter("a", never);
    const gone = new AbortController();
    const aborted = places.enter("a", gone.signal);
    gone.abort();
    expect(await aborted).toBeUndefined();
    expect(await places.enter("a", AbortSignal.abort())).toBeUndefined();
    vi.advanceTimersByTime(1_000);
    expect(await slow).toBeUndefined();
    leave?.();
    expect(await places.enter("a", never)).toBeDefined();
  });
});
