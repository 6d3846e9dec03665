import { createLogger, UnavailableError } from "@taiga-mcp/service";
import { expect, it } from "vitest";
import { createEndGrant } from "../../src/grants/end-grant.ts";
import { createKeyNames, hash } from "../../src/storage/key-names.ts";
import { createFakeBroadcast } from "../support/fake-broadcast.ts";

const keys = createKeyNames("https://taiga.example/api/v1");
const logger = createLogger({ name: "test", level: "silent" });

/** Steps in the order in which they were done; the test decides when a sleep ends. */
function setUp({ storeIsDown = false } = {}) {
  const broadcast = createFakeBroadcast();
  const steps: string[] = [];
  const sleepers: (() => void)[] = [];
  const endGrant = createEndGrant({
    kv: {
      deleteMembers: async (index) => {
        if (storeIsDown) throw new UnavailableError("The store does not answer.");
        steps.push(`delete ${index}`);
      },
    },
    keys,
    broadcast: {
      ...broadcast,
      publish: (text) => {
        steps.push(`publish ${text}`);
        return broadcast.publish(text);
      },
    },
    logger,
    sleep: () => new Promise<void>((wake) => sleepers.push(wake)),
  });
  const wake = async (): Promise<void> => {
    sleepers.shift()?.();
    await new Promise(setImmediate);
  };
  return { broadcast, endGrant, sleepers, steps, wake };
}

// @rule GRANT-7
it("announces a grant by its gid in introspection, after deleting it", async () => {
  const { endGrant, steps } = setUp();
  await endGrant(keys.grant("the-grant"));
  expect(steps).toEqual([`delete ${keys.grantIndex("the-grant")}`, `publish ${hash("the-grant")}`]);
});

it("also announces a grant when the outcome of its deletion is unknown, because the store may have deleted it", async () => {
  const { endGrant, steps, wake } = setUp({ storeIsDown: true });
  await expect(endGrant(keys.grant("the-grant"))).rejects.toThrow(UnavailableError);
  expect(steps).toEqual([]);
  await wake();
  expect(steps).toEqual([`publish ${hash("the-grant")}`]);
});

// @rule GRANT-8
it("keeps announcing in the background, because a retry would find no grant to end", async () => {
  const { broadcast, endGrant, sleepers, wake } = setUp();
  broadcast.isDown = true;
  await endGrant(keys.grant("the-grant"));
  await wake();
  expect(broadcast.published).toHaveLength(2);
  broadcast.isDown = false;
  await wake();
  expect(broadcast.published).toHaveLength(3);
  expect(sleepers).toHaveLength(0);
});

// @rule GRANT-8
it("gives up when every cached result about the grant has expired", async () => {
  const { broadcast, endGrant, sleepers, wake } = setUp();
  broadcast.isDown = true;
  await endGrant(keys.grant("the-grant"));
  for (let seconds = 0; seconds < 30; seconds += 1) await wake();
  expect(sleepers).toHaveLength(0);
  expect(broadcast.published).toHaveLength(31);
});
