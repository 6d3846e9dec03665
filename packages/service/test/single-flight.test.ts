import { describe, expect, it } from "vitest";
import { createSingleFlight } from "../src/single-flight.ts";

describe("createSingleFlight", () => {
  it("shares one run among concurrent callers with the same key, and runs again later", async () => {
    const share = createSingleFlight<number>();
    let runs = 0;
    const work = async (): Promise<number> => {
      runs += 1;
      return runs;
    };
    expect(await Promise.all([share("k", work), share("k", work)])).toEqual([1, 1]);
    expect(await share("k", work)).toBe(2);
  });

  it("runs work with different keys side by side", async () => {
    const share = createSingleFlight<string>();
    expect(
      await Promise.all([share("one", async () => "first"), share("other", async () => "second")]),
    ).toEqual(["first", "second"]);
  });

  it("tells all waiting callers of a failure, and does not remember it", async () => {
    const share = createSingleFlight<string>();
    const failing = () => Promise.reject(new Error("no"));
    const outcomes = await Promise.allSettled([share("k", failing), share("k", failing)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await share("k", async () => "yes")).toBe("yes");
  });
});
