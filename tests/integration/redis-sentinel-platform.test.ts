// Two replicas of each service on a Redis that fails over: the loss of its master ends no login.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { askMcp } from "../support/mcp-request.ts";
import { openSession } from "../support/mcp-session.ts";
import { type SentinelSet, startSentinelSet, waitForReplica } from "../support/redis-sentinel.ts";
import { type Replicas, startReplicas } from "../support/replicas.ts";

const binary = inject("redisBinary");
/** As in store-sentinel.test.ts. */
const FAILOVER_MS = 90_000;

/** Has the shape of an access token. */
const NEVER_ISSUED = "never-issued".padEnd(43, "-");

describe.skipIf(binary === undefined)("two replicas on a Redis with Sentinels", () => {
  let redis: SentinelSet;
  let platform: Replicas;
  beforeAll(async () => {
    redis = await startSentinelSet(binary!);
    platform = await startReplicas(redis.urlOf(redis.sentinels.map(({ port }) => port)));
  });
  afterAll(async () => {
    await platform.stop();
    await redis.stop();
  });

  // @rule OUTAGE-3
  it("keep a login through the loss of the master, and answer 503 until the failover", async () => {
    const session = await openSession(platform.mcpUrl, { username: "alice" }, { sdk: 2 });
    expect((await session.call("get_me")).text).toContain("alice");
    await waitForReplica(redis.master);
    await redis.master.stop();

    // The token is in no cache, so that each request asks the store.
    const statuses: number[] = [];
    const ask = async (): Promise<number[]> => {
      const { status } = await askMcp(platform.mcpUrl, NEVER_ISSUED, "tools/list");
      if (statuses.at(-1) !== status) statuses.push(status);
      return statuses;
    };
    await expect.poll(ask, { timeout: FAILOVER_MS, interval: 100 }).toEqual([503, 401]);

    session.forgetAccessToken();
    await expect
      .poll(async () => (await session.call("get_me")).text, {
        timeout: FAILOVER_MS,
        interval: 500,
      })
      .toContain("alice");
    expect(session.logins()).toBe(1);
    await session.close();
  });
});
