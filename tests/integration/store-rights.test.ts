// The users in deploy/redis/users.acl: each is sufficient for its service, and for nothing else.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { openBroadcast, openStore } from "../../packages/store/src/index.ts";
import { createWitness } from "../../packages/store/test/broadcast.contract.ts";
import type { RedisBinary } from "../support/redis-binary.ts";
import { type OwnRedis, spawnRedis } from "../support/redis-server.ts";
import {
  REDIS_PASSWORDS,
  type RedisUser,
  toRedisUsers,
  withRedisUser,
} from "../support/redis-users.ts";

const binary = inject("redisBinary");
const SERVICES = ["auth-server", "resource-server"] as const;
type Name = (typeof SERVICES)[number];

describe.skipIf(binary === undefined)("a Redis user for each service", () => {
  let server: OwnRedis;
  beforeAll(async () => {
    const settings = [...toRedisUsers(), "appendonly yes", "enable-debug-command yes"];
    server = await spawnRedis(binary as RedisBinary, { settings });
  });
  afterAll(async () => {
    await server?.stop();
  });

  async function openKv(name: Name) {
    const kv = await openStore({
      url: server.url.replace("//", `//${name}@`),
      password: REDIS_PASSWORDS[name],
      dataDir: "unused",
      name,
      clock: () => 0,
    });
    onTestFinished(() => kv.close());
    return kv;
  }

  function connect(user?: RedisUser): Redis {
    const redis = new Redis(user === undefined ? server.url : withRedisUser(server.url, user), {
      enableReadyCheck: false,
      retryStrategy: () => null,
    });
    redis.on("error", () => undefined);
    onTestFinished(() => redis.disconnect());
    return redis;
  }

  // @rule STORE-15
  it.each(SERVICES)("has the rights that the store of the %s needs", async (name) => {
    const kv = await openKv(name);
    const ttl = { ttlSeconds: 100 };
    await kv.ping();
    expect(Math.abs(Number(await kv.time()) - Date.now())).toBeLessThan(5_000);
    expect(await kv.inspect()).toEqual({ weaknesses: [], unknown: [] });
    await kv.set("k", "v", { ...ttl, indexes: ["i"] });
    expect((await kv.get("k"))?.value).toBe("v");
    expect(await kv.setIfAbsent("k", "v", ttl)).toBe(false);
    expect(await kv.replace("k", "w")).toBe(true);
    expect(await kv.compareAndSet("k", "w", "x", ttl)).toBe(true);
    expect(await kv.touch("k", { ttlSeconds: 200, indexes: ["j"] })).toBe(true);
    expect(await kv.members("j")).toEqual(["k"]);
    expect(await kv.firstToEnd("j", { withinSeconds: 300, limit: 1 })).toEqual(["k"]);
    expect(await kv.compareAndDelete("k", "y")).toBe(false);
    await kv.deleteMembers("i");
    expect(await kv.delete("k")).toBe(false);
  });

  it("lets the authorization server list its keys and broadcast, and read no other service's", async () => {
    const [kv, other] = [await openKv("auth-server"), await openKv("resource-server")];
    await other.set("theirs", "v", { ttlSeconds: 100 });
    await kv.set("own", "v", { ttlSeconds: 100 });
    const scanned: string[] = [];
    for await (const key of kv.scan("")) scanned.push(key);
    expect(scanned).toEqual(["own"]);

    const url = withRedisUser(server.url, "auth-server");
    const broadcast = await openBroadcast({ url, name: "auth-server" });
    onTestFinished(() => broadcast.close());
    const witness = createWitness();
    broadcast.subscribe(witness);
    await expect.poll(() => witness.heard).toEqual(["restored"]);
    await broadcast.publish("hello");
    await expect.poll(witness.messages).toEqual(["hello"]);
  });

  // @rule STORE-15
  it.each<[Name, Name]>([
    ["auth-server", "resource-server"],
    ["resource-server", "auth-server"],
  ])("refuses the %s the keys and channels of the %s", async (user, other) => {
    const redis = connect(user);
    const key = `taiga-mcp:${other}:entry:k`;
    const channel = `taiga-mcp:${other}:broadcast:0`;
    const calls: (readonly [string, ...(string | number)[]])[] = [
      ["GET", key],
      ["SET", key, "v"],
      ["HGET", key, "v"],
      ["HSET", key, "v", "forged"],
      ["UNLINK", key],
      ["ZADD", `taiga-mcp:${other}:index:i`, 1, "m"],
      ["EVAL", "return redis.call('HGET', KEYS[1], 'v')", 1, key],
      // A script that hides the key from Redis.
      ["EVAL", `return redis.call('HGET', '${key}', 'v')`, 0],
      ["PUBLISH", channel, "m"],
      ["SUBSCRIBE", channel],
    ];
    for (const call of calls) {
      await expect(redis.call(...call)).rejects.toThrow(
        /NOPERM|can't access at least one of the keys/,
      );
    }
  });

  it("is in docs/deployment.md with the same rights", () => {
    const documentation = readFileSync("docs/deployment.md", "utf8");
    const lines = readFileSync("deploy/redis/users.acl", "utf8").split("\n");
    for (const name of SERVICES) {
      const line = lines.find((text) => text.startsWith(`user ${name} `)) ?? "";
      expect(documentation).toContain(`    ${line.replace(/ #[A-Z_]+ /, " >PASSWORD ")}\n`);
    }
  });

  // @rule STORE-15
  it("refuses services and strangers everything that is not needed", async () => {
    const calls = [
      "FLUSHALL",
      "FLUSHDB",
      "KEYS *",
      "RANDOMKEY",
      "CONFIG GET *",
      "ACL LIST",
      "MONITOR",
    ];
    for (const name of SERVICES) {
      for (const call of calls) {
        const [command = "", ...args] = call.split(" ");
        await expect(connect(name).call(command, ...args)).rejects.toThrow("NOPERM");
      }
    }
    await expect(connect("resource-server").call("SCAN", "0")).rejects.toThrow("NOPERM");
    const refusal = once(connect(), "error") as Promise<[Error]>;
    expect((await refusal)[0].message).toMatch(/^NOAUTH/);
    const healthCheck = connect("health");
    expect(await healthCheck.call("PING")).toBe("PONG");
    for (const call of ["GET taiga-mcp:auth-server:schema", "INFO", "SCAN 0", "DBSIZE"]) {
      await expect(healthCheck.call(...(call.split(" ") as [string]))).rejects.toThrow("NOPERM");
    }
    expect(await connect("operator").call("DBSIZE")).toBeGreaterThan(0);
  });

  // @rule STORE-15
  it("keeps what the services have written when Redis starts again", async () => {
    const kv = await openKv("auth-server");
    // Transactions: Redis executes those in its log as the user `default`.
    await kv.set("kept", "v", { ttlSeconds: 100, indexes: ["kept-index"] });
    expect(await kv.setIfAbsent("kept", "w", { ttlSeconds: 100 })).toBe(false);
    await connect("operator").call("DEBUG", "LOADAOF");
    expect((await kv.get("kept"))?.value).toBe("v");
    expect(await kv.members("kept-index")).toEqual(["kept"]);
  });
});
