// Failover with real servers: a master, its replica and three Sentinels, all started here.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { ConfigurationError, UnavailableError } from "../../packages/service/src/index.ts";
import type { Broadcast, Kv } from "../../packages/store/src/index.ts";
import { createRedisBroadcast } from "../../packages/store/src/redis-broadcast.ts";
import { createRedisKv } from "../../packages/store/src/redis.ts";
import { createWitness } from "../../packages/store/test/broadcast.contract.ts";
import type { RedisBinary } from "../support/redis-binary.ts";
import { startSentinelSet, type SentinelSet, waitForReplica } from "../support/redis-sentinel.ts";
import { freePort, spawnRedis, type OwnRedis } from "../support/redis-server.ts";
import { createTcpProxy } from "../support/tcp-proxy.ts";

const binary = inject("redisBinary");

/**
 * Sentinels need a second to notice, and one or two to agree and to promote the replica. A Sentinel
 * that was itself held up for two seconds first waits for half a minute.
 */
const FAILOVER_MS = 90_000;
/**
 * How long a caller may wait for an answer or an error: up to two seconds on an
 * idle machine. A connection whose commands had no time limit would be given up after five.
 */
const ANSWER_MS = 4_500;

describe.skipIf(binary === undefined)("a Redis that fails over", () => {
  const prefix = `test:${randomUUID()}:`;
  const start = (): Promise<OwnRedis> => spawnRedis(binary as RedisBinary);

  async function openKv(url: string): Promise<Kv> {
    const kv = await createRedisKv({ url, prefix });
    onTestFinished(() => kv.close());
    return kv;
  }

  async function openBroadcast(url: string): Promise<Broadcast> {
    const broadcast = await createRedisBroadcast({ url, prefix });
    onTestFinished(() => broadcast.close());
    return broadcast;
  }

  describe("under Sentinel", () => {
    let set: SentinelSet;
    let url: string;

    beforeAll(async () => {
      set = await startSentinelSet(binary as RedisBinary);
      // The first Sentinel is down: one that is up is enough.
      url = set.urlOf([await freePort(), ...set.sentinels.map(({ port }) => port)]);
    });

    afterAll(() => set.stop());

    it("writes to the master that the Sentinels name, in the database of the URL", async () => {
      const kv = await openKv(`${url}/3`);
      await kv.set("k", "v", { ttlSeconds: 100 });
      const master = new Redis(set.master.url, { db: 3 });
      onTestFinished(() => master.disconnect());
      expect(await master.exists(`${prefix}entry:k`)).toBe(1);
    });

    it("authenticates at Sentinels that require the servers' password", async () => {
      const guarded = await set.startGuarded();
      const kv = await openKv(set.urlOf([guarded.port]));
      await expect(kv.ping()).resolves.toBeUndefined();
    });

    it("starts while no Sentinel knows the master, and throws UnavailableError", async () => {
      const from = Date.now();
      const kv = await openKv(set.urlOf([await freePort()]));
      await expect(kv.ping()).rejects.toThrow(UnavailableError);
      expect(Date.now() - from).toBeLessThan(ANSWER_MS);
    });

    it("explains the mistake when the URL of a server names a Sentinel", async () => {
      const opening = createRedisKv({ url: set.sentinels[0]!.url, prefix });
      await expect(opening).rejects.toThrow(ConfigurationError);
      await expect(opening).rejects.toThrow(/is a Sentinel.*redis\+sentinel:\/\//);
    });

    it("switches to the new master by itself when the old one is killed", async () => {
      const [kv, broadcast, sender] = [
        await openKv(url),
        await openBroadcast(url),
        await openBroadcast(url),
      ];
      const witness = createWitness();
      broadcast.subscribe(witness);
      await expect.poll(() => witness.heard).toEqual(["restored"]);
      await kv.set("before", "v", { ttlSeconds: 100, indexes: ["i"] });
      await waitForReplica(set.master);

      const from = Date.now();
      await set.master.stop();
      await expect.poll(() => witness.heard).toEqual(["restored", "lost"]);

      let failures = 0;
      for (let claims = 0; ; claims += 1) {
        const asked = Date.now();
        const outcome = await kv
          .setIfAbsent(`claim ${claims}`, "v", { ttlSeconds: 100 })
          .catch((error: unknown) => error);
        expect(Date.now() - asked).toBeLessThan(ANSWER_MS);
        if (outcome === true) break;
        expect(outcome).toBeInstanceOf(UnavailableError);
        expect(Date.now() - from).toBeLessThan(FAILOVER_MS);
        failures += 1;
        await sleep(100);
      }
      expect(failures).toBeGreaterThan(0);

      expect((await kv.get("before"))?.value).toBe("v");
      expect(await kv.members("i")).toEqual(["before"]);
      await expect
        .poll(() => witness.heard, { timeout: FAILOVER_MS })
        .toEqual(["restored", "lost", "restored"]);
      await expect.poll(() => sender.publish("heard"), { timeout: FAILOVER_MS }).toBeUndefined();
      await expect.poll(witness.messages).toEqual(["heard"]);
    });
  });

  // Moving an address to another server, as managed services do, leaves connections to the old
  // master open, which still answers, now as a replica.
  it("treats a demoted master's refusal as an outage, and follows the address to the new master", async () => {
    const [old, next] = await Promise.all([start(), start()]);
    onTestFinished(async () => void (await Promise.all([old.stop(), next.stop()])));
    const proxy = await createTcpProxy({ host: "127.0.0.1", port: old.port });
    onTestFinished(() => proxy.close());
    const url = `redis://127.0.0.1:${proxy.port}`;
    const [kv, broadcast] = [await openKv(url), await openBroadcast(url)];
    await kv.set("k", "v", { ttlSeconds: 100 });

    const admin = new Redis(old.url);
    onTestFinished(() => admin.disconnect());
    await admin.replicaof("127.0.0.1", next.port);
    proxy.retarget({ host: "127.0.0.1", port: next.port });

    await expect(kv.set("k", "w", { ttlSeconds: 100 })).rejects.toThrow(UnavailableError);
    await expect(broadcast.publish("to nobody")).rejects.toThrow(UnavailableError);
    await expect.poll(() => kv.set("k", "x", { ttlSeconds: 100 })).toBeUndefined();
    await expect.poll(() => broadcast.publish("heard")).toBeUndefined();
    const master = new Redis(next.url);
    onTestFinished(() => master.disconnect());
    expect(await master.hget(`${prefix}entry:k`, "v")).toBe("x");
  });

  // @rule STORE-8 OMIT-9
  it("refuses a Redis Cluster and says why", async () => {
    const server = await spawnRedis(binary as RedisBinary, { settings: ["cluster-enabled yes"] });
    onTestFinished(() => server.stop().then(() => undefined));
    for (const create of [createRedisKv, createRedisBroadcast]) {
      const opening = create({ url: server.url, prefix });
      await expect(opening).rejects.toThrow(ConfigurationError);
      await expect(opening).rejects.toThrow(/^STORE_URL: the server there is part of a Redis Cl/);
    }
  });
});
