import { expect, it } from "vitest";
import { kvContract } from "./kv.contract.ts";
import { createFakeClock } from "./support/fake-clock.ts";
import { open } from "./support/sqlite-file.ts";
import { createSqliteKv } from "../src/sqlite.ts";

kvContract("createSqliteKv in memory", async () => {
  const time = createFakeClock();
  return { kv: createSqliteKv({ file: ":memory:", clock: time.clock }), ...time };
});

it("keeps nothing of one store in memory in another", async () => {
  await open(":memory:").set("k", "v", { ttlSeconds: 100 });
  expect(await open(":memory:").get("k")).toBeUndefined();
});
