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
 * Sentinels need a second to notice, and one or two to agree and to promote the replica; one that
 * was itself held up for two seconds waits for half a minute before that.
 */
const FAILOVER_MS = 90_000;
/**
 * How long a caller may have to wait for an answer, be it that there is none: up to two seconds on an
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
      // The first named is not there: what counts is that one of them is.
      url = set.urlOf([await freePort(), ...set.sentinels.map(({ port }) => port)]);
    });

    afterAll(() => set.stop());

    it("stores at the master that the Sentinels name, in the database of the URL", async () => {
      const kv = await openKv(`${url}/3`);
      await kv.set("k", "v", { ttlSeconds: 100 });
      const master = new Redis(set.master.url, { db: 3 });
      onTestFinished(() => master.disconnect());
      expect(await master.exists(`${prefix}entry:k`)).toBe(1);
    });

    it("logs in at Sentinels that ask for the password of the servers", async () => {
      const guarded = await set.startGuarded();
      const kv = await openKv(set.urlOf([guarded.port]));
      await expect(kv.ping()).resolves.toBeUndefined();
    });

    it("is unavailable while nobody knows the master, and starts all the same", async () => {
      const from = Date.now();
      const kv = await openKv(set.urlOf([await freePort()]));
      await expect(kv.ping()).rejects.toThrow(UnavailableError);
      expect(Date.now() - from).toBeLessThan(ANSWER_MS);
    });

    it("names the mistake when a Sentinel is taken for a server", async () => {
      const opening = createRedisKv({ url: set.sentinels[0]!.url, prefix });
      await expect(opening).rejects.toThrow(ConfigurationError);
      await expect(opening).rejects.toThrow(/is a Sentinel.*redis\+sentinel:\/\//);
    });

    it("goes on at the new master by itself when the old one is killed", async () => {
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

  // Whoever moves an address by hand, as managed services do, leaves connections to the old
  // master open, and it goes on answering as the replica that it has become.
  it("takes a demoted master's refusal for an outage, and follows the address to the new one", async () => {
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
  it("refuses a Redis Cluster, and says why", async () => {
    const server = await spawnRedis(binary as RedisBinary, { settings: ["cluster-enabled yes"] });
    onTestFinished(() => server.stop().then(() => undefined));
    for (const create of [createRedisKv, createRedisBroadcast]) {
      const opening = create({ url: server.url, prefix });
      await expect(opening).rejects.toThrow(ConfigurationError);
      await expect(opening).rejects.toThrow(/^STORE_URL: the server there is part of a Redis Cl/);
    }
  });
});
