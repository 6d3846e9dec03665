// What a real Redis says about how it keeps entries, and which one is refused.
import { Redis } from "ioredis";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { ConfigurationError } from "../../packages/service/src/index.ts";
import { type Kv, openStore } from "../../packages/store/src/index.ts";
import type { RedisBinary } from "../support/redis-binary.ts";
import { spawnRedis } from "../support/redis-server.ts";

const binary = inject("redisBinary");

describe.skipIf(binary === undefined)("a Redis that may lose entries", () => {
  async function spawn(...settings: string[]): Promise<string> {
    const server = await spawnRedis(binary as RedisBinary, { settings });
    onTestFinished(async () => void (await server.stop()));
    return server.url;
  }

  async function open(url: string, options: { allowsEviction?: boolean } = {}): Promise<Kv> {
    const fixed = { dataDir: "unused", name: "auth-server", clock: () => 0 };
    const kv = await openStore({ url, ...fixed, ...options });
    onTestFinished(() => kv.close());
    return kv;
  }

  // @rule STORE-13
  it("is refused when it has a memory limit and evicts, unless that is allowed", async () => {
    const url = await spawn("maxmemory 100mb", "maxmemory-policy allkeys-lru", "appendonly yes");
    await expect(open(url)).rejects.toThrow(ConfigurationError);
    await expect(open(url)).rejects.toThrow(/allkeys-lru.*noeviction.*ALLOW_EVICTING_STORE=true/);
    const kv = await open(url, { allowsEviction: true });
    await kv.set("k", "v", { ttlSeconds: 100 });
    expect(await kv.inspect()).toEqual({ weaknesses: ["evicts"], unknown: [] });
  });

  // @rule STORE-12
  it("tells when its settings change while it runs", async () => {
    const url = await spawn("appendonly yes");
    const kv = await open(url);
    expect(await kv.inspect()).toEqual({ weaknesses: [], unknown: [] });
    const admin = new Redis(url);
    onTestFinished(async () => void (await admin.quit()));
    await admin.config("SET", "appendonly", "no", "maxmemory", "100mb");
    await admin.config("SET", "maxmemory-policy", "volatile-ttl");
    expect(await kv.inspect()).toEqual({ weaknesses: ["forgets", "evicts"], unknown: [] });
  });
});
