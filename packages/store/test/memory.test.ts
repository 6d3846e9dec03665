import { describe, expect, it } from "vitest";
import { createMemoryKv } from "../src/memory.ts";
import { kvContract } from "./kv.contract.ts";
import { createFakeClock } from "./support/fake-clock.ts";

kvContract("createMemoryKv", async () => {
  const time = createFakeClock();
  return { kv: createMemoryKv(time), ...time };
});

describe("createMemoryKv", () => {
  it("keeps nothing of one store in another", async () => {
    const time = createFakeClock();
    await createMemoryKv(time).set("k", "v", { ttlSeconds: 100 });
    expect(await createMemoryKv(time).get("k")).toBeUndefined();
  });
});
