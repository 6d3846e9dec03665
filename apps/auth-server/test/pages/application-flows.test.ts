import { createLogger } from "@taiga-mcp/service";
import { describe, expect, it } from "vitest";
import { createSealer } from "../../src/secrets/seal.ts";
import { createApplicationFlows } from "../../src/pages/application-flows.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { createTestKv } from "../support/stores.ts";
import { createRootKeys } from "../support/root-keys.ts";

const kv = createTestKv();

/** A new replica for each call. */
const createFlows = () =>
  createApplicationFlows({
    kv,
    seal: createSealer(createRootKeys(4), "vault"),
    keys: createKeyNames("https://taiga.example.com/api/v1"),
    logger: createLogger({ name: "test", level: "silent" }),
  });

const atOnce = <Result>(count: number, ask: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(index)));

describe("of many concurrent requests, on any replica", () => {
  it("one is accepted with a code", async () => {
    const { ticket } = await createFlows().begin("uid");
    const arrivals = await atOnce(8, (i) => createFlows().arrive(ticket, `code-${i}`));
    expect(arrivals.filter((uid) => uid !== undefined)).toEqual(["uid"]);
  });

  it("one gets the code and state to redeem, the others learn that they follow it", async () => {
    const { ticket, state } = await createFlows().begin("uid");
    await createFlows().arrive(ticket, "code");
    const takings = await atOnce(8, () => createFlows().take(ticket, "uid"));
    const first = takings.filter((flow) => flow !== "taken");
    expect(first).toEqual([{ authCode: "code", state }]);
    await createFlows().end(ticket);
    expect(await createFlows().take(ticket, "uid")).toBe("ended");
  });
});

// @rule LOGIN-10
it("stores ticket and state so that a copy of the store is useless", async () => {
  const { ticket, state } = await createFlows().begin("uid");
  const stored = JSON.stringify([...kv.written]);
  expect(stored).not.toContain(ticket);
  expect(stored).not.toContain(state);
});
