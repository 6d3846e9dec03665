import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import {
  ConfigurationError,
  createLogger,
  systemClock,
  UnavailableError,
} from "../../packages/service/src/index.ts";
import { openStore, type Kv } from "../../packages/store/src/index.ts";
import { createRedisKv } from "../../packages/store/src/redis.ts";
import { kvContract } from "../../packages/store/test/kv.contract.ts";
import { createTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";

const redisUrl = inject("redisUrl");
const run = `test:${randomUUID()}:`;

/**
 * How long a caller may wait for an answer or an error: up to two seconds on an
 * idle machine. A connection whose commands had no time limit would be given up after five.
 */
const ANSWER_MS = 4_500;

describe.skipIf(redisUrl === undefined)("the Redis store", () => {
  const url = redisUrl ?? "";
  let redis: Redis;

  beforeAll(() => {
    redis = new Redis(url);
  });

  afterAll(async () => {
    const keys = await keysOf(run);
    if (keys.length > 0) await redis.unlink(keys);
    await redis.quit();
  });

  const newPrefix = (): string => `${run}${randomUUID()}:`;

  async function keysOf(prefix: string): Promise<string[]> {
    const found: string[] = [];
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
      found.push(...(keys as string[]));
    }
    return found;
  }

  async function open(prefix: string): Promise<Kv> {
    const kv = await createRedisKv({ url, prefix });
    onTestFinished(() => kv.close());
    return kv;
  }

  const serverTime = async (): Promise<number> => Number((await redis.time())[0]);

  kvContract("createRedisKv", async () => ({
    kv: await createRedisKv({ url, prefix: newPrefix() }),
    clock: systemClock,
    now: serverTime,
    advanceTo: async (time) => {
      for (;;) {
        const [seconds, microseconds] = (await redis.time()).map(Number) as [number, number];
        if (seconds >= time) break;
        await sleep((time - seconds) * 1000 - microseconds / 1000 + 1);
      }
      await sleep(2); // a key exists until the first millisecond after its expiry
    },
  }));

  describe("across processes", () => {
    it("lets one of many callers on two connections claim a key", async () => {
      const prefix = newPrefix();
      const replicas = [await open(prefix), await open(prefix)];
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, caller) =>
          replicas[caller % 2]!.setIfAbsent("claim", `${caller}`, { ttlSeconds: 100 }),
        ),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    });

    it("keeps stores with different prefixes apart", async () => {
      const [one, other] = [await open(newPrefix()), await open(newPrefix())];
      await one.set("k", "v", { ttlSeconds: 100, indexes: ["i"] });
      expect(await other.get("k")).toBeUndefined();
      expect(await other.members("i")).toEqual([]);
    });

    it("stores nothing without an expiry except the schema version", async () => {
      const prefix = newPrefix();
      const kv = await open(prefix);
      await kv.set("a", "v", { ttlSeconds: 100, indexes: ["i", "j"] });
      await kv.setIfAbsent("b", "v", { ttlSeconds: 100 });
      await kv.replace("a", "w", { ttlSeconds: 200 });
      await kv.touch("b", { ttlSeconds: 300, indexes: ["j"] });

      const keys = await keysOf(prefix);
      expect(keys.toSorted()).toEqual(
        ["entry:a", "entry:b", "index:i", "index:j", "schema"].map((key) => prefix + key),
      );
      const endless = [];
      for (const key of keys) if ((await redis.ttl(key)) < 0) endless.push(key);
      expect(endless).toEqual([`${prefix}schema`]);
      const indexEnd = await redis.expiretime(`${prefix}index:j`);
      expect(indexEnd).toBe((await kv.get("b"))?.expiresAt);
    });

    it("drops expired members of a living index, so that it does not grow without bound", async () => {
      const prefix = newPrefix();
      const kv = await open(prefix);
      await kv.set("long", "v", { ttlSeconds: 100, indexes: ["i"] });
      for (const key of ["a", "b"]) await kv.set(key, "v", { ttlSeconds: 1, indexes: ["i"] });
      await sleep(1_100);
      await kv.set("later", "v", { ttlSeconds: 100, indexes: ["i"] });
      expect((await redis.zrange(`${prefix}index:i`, "0", "-1")).toSorted()).toEqual(
        ["entry:later", "entry:long"].map((key) => prefix + key),
      );
    });
  });

  describe("schema version", () => {
    // @rule STORE-9
    it("refuses to start on data of a newer version", async () => {
      const prefix = newPrefix();
      await redis.set(`${prefix}schema`, "2");
      await expect(createRedisKv({ url, prefix })).rejects.toThrow(ConfigurationError);
      await expect(createRedisKv({ url, prefix })).rejects.toThrow(/newer version.*schema 2/);
    });
  });

  // Through a proxy, because the tests may not stop a foreign server; the proxy cannot do TLS.
  describe.skipIf(url.startsWith("rediss:"))("when the server is lost", () => {
    let proxy: TcpProxy;
    let throughProxy: string;

    beforeAll(async () => {
      const target = new URL(url);
      proxy = await createTcpProxy({ host: target.hostname, port: Number(target.port || 6379) });
      target.host = `127.0.0.1:${proxy.port}`;
      throughProxy = target.href;
    });

    afterAll(() => proxy.close());

    async function openThroughProxy(prefix = newPrefix()): Promise<Kv> {
      const kv = await createRedisKv({ url: throughProxy, prefix });
      onTestFinished(() => kv.close());
      return kv;
    }

    async function recovers(kv: Kv): Promise<void> {
      await expect.poll(() => kv.ping(), { interval: 100 }).toBeUndefined();
    }

    // @rule OUTAGE-3
    it("fails within seconds while the server is frozen, and recovers by itself", async () => {
      const kv = await openThroughProxy();
      await kv.set("k", "v", { ttlSeconds: 100 });

      proxy.freeze();
      const from = Date.now();
      await expect(kv.get("k")).rejects.toThrow(UnavailableError);
      expect(Date.now() - from).toBeLessThan(ANSWER_MS);

      await proxy.restore();
      await recovers(kv);
      expect((await kv.get("k"))?.value).toBe("v");
    });

    it("fails at once when the server is killed, and recovers by itself", async () => {
      const kv = await openThroughProxy();
      await kv.set("k", "v", { ttlSeconds: 100 });

      await proxy.cut();
      const from = Date.now();
      for (const call of [
        () => kv.get("k"),
        () => kv.set("k", "w", { ttlSeconds: 9 }),
        () => kv.deleteMembers("i"),
        () => kv.ping(),
      ]) {
        await expect(call()).rejects.toThrow(UnavailableError);
      }
      expect(Date.now() - from).toBeLessThan(ANSWER_MS);

      await proxy.restore();
      await recovers(kv);
      expect((await kv.get("k"))?.value).toBe("v");
    });

    it("survives a server that lost its scripts", async () => {
      const kv = await openThroughProxy();
      await kv.set("k", "v", { ttlSeconds: 100 });
      await redis.script("FLUSH");
      expect((await kv.get("k"))?.value).toBe("v");
    });

    it("starts without a server, throws UnavailableError, and works once the server is up", async () => {
      await proxy.cut();
      const from = Date.now();
      const name = `${run}${randomUUID()}`;
      const kv = await openStore({ url: throughProxy, dataDir: "unused", name, clock: () => 0 });
      onTestFinished(() => kv.close());
      onTestFinished(async () => void (await redis.del(await keysOf(`taiga-mcp:${name}`))));
      await expect(kv.ping()).rejects.toThrow(UnavailableError);
      expect(Date.now() - from).toBeLessThan(ANSWER_MS);

      await proxy.restore();
      await recovers(kv);
      await kv.set("k", "v", { ttlSeconds: 100 });
      expect(await redis.exists(`taiga-mcp:${name}:entry:k`)).toBe(1);
    });

    it("touches nothing when data of a newer version appears later", async () => {
      await proxy.cut();
      const prefix = newPrefix();
      const kv = await openThroughProxy(prefix);
      await redis.set(`${prefix}schema`, "2");
      await proxy.restore();
      const reason = async (): Promise<unknown> =>
        kv.set("k", "v", { ttlSeconds: 100 }).catch((error: Error) => error.cause);
      await expect.poll(reason).toBeInstanceOf(ConfigurationError);
      expect(await keysOf(prefix)).toEqual([`${prefix}schema`]);
    });

    it("logs one line when the server is lost and one when it is back, without the password of its URL", async () => {
      let output = "";
      const destination = { write: (line: string) => void (output += line) };
      const logger = createLogger({ name: "test", level: "debug", destination });
      const kv = await createRedisKv({ url: throughProxy, prefix: newPrefix(), logger });
      onTestFinished(() => kv.close());

      await proxy.cut();
      await sleep(700); // several attempts to reconnect
      await proxy.restore();
      await recovers(kv);
      const messages = output
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { msg: string }).msg);
      expect(messages).toEqual(["store connection lost", "store connection restored"]);
    });
  });
});
