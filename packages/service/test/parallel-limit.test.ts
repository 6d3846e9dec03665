import { describe, expect, it } from "vitest";
import { createParallelLimit } from "../src/parallel-limit.ts";

describe("createParallelLimit", () => {
  // @rule COST-1
  it("bounds each key and all keys together, and frees each place once", () => {
    const limit = createParallelLimit({ perKey: 2, total: 3 });
    const leave = limit.enter("one");
    expect(limit.enter("one")).toBeDefined();
    expect(limit.enter("one")).toBeUndefined();
    expect(limit.enter("other")).toBeDefined();
    expect(limit.enter("third")).toBeUndefined();
    leave?.();
    leave?.();
    expect(limit.enter("one")).toBeDefined();
    expect(limit.enter("one")).toBeUndefined();
    expect(limit.enter("other")).toBeUndefined();
  });
});
