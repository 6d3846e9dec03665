import { createLogger } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { expect, it } from "vitest";
import { createApplicationFlows } from "../../src/pages/application-flows.ts";
import { createSealer } from "../../src/secrets/seal.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { createRootKeys } from "../support/root-keys.ts";

// @rule COST-11
it("one authorization request has few redirects to Taiga, and the latest ones work", async () => {
  let now = 1_000;
  const keys = createKeyNames("https://taiga.example.com/api/v1");
  const kv = createSqliteKv({ file: ":memory:", clock: () => now });
  const flows = createApplicationFlows({
    kv,
    keys,
    seal: createSealer(createRootKeys(4), "vault"),
    logger: createLogger({ name: "test", level: "silent" }),
  });
  const begun = [];
  for (let click = 0; click < 50; click += 1) {
    begun.push(await flows.begin("uid"));
    now += 1;
  }
  const other = await flows.begin("another uid");
  expect(await kv.members(keys.interactionFlows("uid"))).toHaveLength(5);
  const arrive = (flow: { ticket: string } | undefined) => flows.arrive(flow?.ticket ?? "", "code");
  expect(await arrive(begun.at(-1))).toBe("uid");
  expect(await arrive(begun.at(-2))).toBe("uid");
  expect(await arrive(begun.at(-6))).toBeUndefined();
  expect(await arrive(other)).toBe("another uid");
  await kv.close();
});
