import { ConfigurationError, createLogger, UnavailableError } from "@taiga-mcp/service";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createRedisKv } from "../src/redis.ts";
import { createFakeRedis, type FakeRedis } from "./support/fake-redis.ts";

// How the store behaves on a server that works is in tests/integration/store-redis.test.ts.

async function startFake(options: Parameters<typeof createFakeRedis>[0]): Promise<FakeRedis> {
  const fake = await createFakeRedis(options);
  onTestFinished(() => fake.close());
  return fake;
}

describe("createRedisKv", () => {
  it("refuses a malformed URL without repeating it, because it may hold a password", async () => {
    const opening = createRedisKv({ url: "redis://user:hunter2@host:port", prefix: "p:" });
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow(/^STORE_URL: must be a URL such as redis:\/\/127/);
  });

  it("refuses a server that is too old, with its version and the one that is needed", async () => {
    const { url } = await startFake({ version: "6.0.16" });
    const opening = createRedisKv({ url, prefix: "p:" });
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow("the server there is Redis 6.0.16, and 7.0 or newer");
  });

  it.each([
    ["cluster_enabled:1", /^STORE_URL: the server there is part of a Redis Cluster.*use a single/],
    ["redis_mode:sentinel", /^STORE_URL: the server there is a Sentinel.*redis\+sentinel:/],
    ["server_mode:sentinel", /^STORE_URL: the server there is a Sentinel.*redis\+sentinel:/],
  ])("refuses a server that says %s, with the reason", async (line, reason) => {
    const { url, commands } = await startFake({ info: [line] });
    const opening = createRedisKv({ url, prefix: "p:" });
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow(reason);
    expect(commands).not.toContain("SET");
  });

  // @rule STORE-13
  it("refuses a server that deletes entries when its memory runs out, and names the setting", async () => {
    const info = ["maxmemory:1000", "maxmemory_policy:allkeys-lru"];
    const { url, commands } = await startFake({ info });
    const opening = createRedisKv({ url, prefix: "p:" });
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow(/^STORE_URL: .*allkeys-lru.*ALLOW_EVICTING_STORE=true/);
    expect(commands).not.toContain("SET");
  });

  // @rule STORE-13
  it.each([
    [["maxmemory:1000", "maxmemory_policy:allkeys-lru"], true],
    [["maxmemory:0", "maxmemory_policy:allkeys-lru"], false],
    [[], false],
  ])("takes a server with %j when eviction is allowed: %s", async (info, allowsEviction) => {
    const { url } = await startFake({ info });
    const kv = await createRedisKv({ url, prefix: "p:", allowsEviction });
    await expect(kv.ping()).resolves.toBeUndefined();
    await kv.close();
  });

  // @rule STORE-13
  it("reports why it refuses a server that was not there at the start", async () => {
    const fake = await createFakeRedis({ info: ["maxmemory:9", "maxmemory_policy:allkeys-lru"] });
    // Down for the first connection only.
    let isDown = true;
    const proxy = createServer((socket) => {
      if (isDown) return void socket.destroy();
      const upstream = connect(Number(new URL(fake.url).port), "127.0.0.1");
      socket
        .pipe(upstream)
        .pipe(socket)
        .on("error", () => undefined);
      upstream.on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const { port } = proxy.address() as AddressInfo;
    const kv = await createRedisKv({ url: `redis://127.0.0.1:${port}`, prefix: "p:" });
    onTestFinished(async () => {
      await kv.close();
      await fake.close();
      proxy.close();
    });
    isDown = false;
    await expect
      .poll(() => kv.inspect().catch(() => undefined))
      .toMatchObject({
        weaknesses: ["evicts"],
      });
    await expect(kv.ping()).rejects.toThrow(UnavailableError);
  });

  it("takes a server that says it is no cluster", async () => {
    const { url } = await startFake({ info: ["redis_mode:standalone", "cluster_enabled:0"] });
    const kv = await createRedisKv({ url, prefix: "p:" });
    await expect(kv.ping()).resolves.toBeUndefined();
    await kv.close();
  });

  it.each(["READONLY You can't write against a replica.", "MASTERDOWN Link with MASTER is down"])(
    "is unavailable and connects anew when the server says %s",
    async (refusal) => {
      const fake = await startFake({
        answer: (command) => (command === "EVAL" ? `-${refusal}\r\n` : "+OK\r\n"),
      });
      const kv = await createRedisKv({ url: fake.url, prefix: "p:" });
      onTestFinished(() => kv.close());
      expect(fake.connections()).toBe(1);
      await expect(kv.set("k", "v", { ttlSeconds: 9 })).rejects.toThrow(UnavailableError);
      await expect.poll(fake.connections).toBe(2);
    },
  );

  // @rule OUTAGE-5
  it("never sends a command twice when its answer is lost, or a claim would lose against itself", async () => {
    const fake = await startFake({
      answer: (command) => {
        if (command === "GET") return "$1\r\n1\r\n"; // the schema version
        return command === "EVAL" ? undefined : "+OK\r\n";
      },
    });
    const kv = await createRedisKv({ url: fake.url, prefix: "p:" });
    onTestFinished(() => kv.close());

    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    // No time passes: the caller need not wait for a timeout.
    await expect(kv.setIfAbsent("k", "v", { ttlSeconds: 9 })).rejects.toThrow(UnavailableError);
    await vi.runOnlyPendingTimersAsync();
    vi.useRealTimers();
    await expect.poll(() => kv.ping()).toBeUndefined(); // connected again
    expect(fake.commands.filter((command) => command.startsWith("EVAL"))).toEqual(["EVAL"]);
  });

  it("keeps keys, values and the password out of the log and out of the error's cause", async () => {
    let log = "";
    const destination = { write: (line: string) => void (log += line) };
    const logger = createLogger({ name: "test", level: "trace", destination });
    const fake = await startFake({
      answer: (command) => (command === "AUTH" ? "-WRONGPASS invalid\r\n" : "-ERR broken\r\n"),
    });
    const url = fake.url.replace("//", "//user:hunter2@");
    const kv = await createRedisKv({ url, prefix: "p:", logger });
    onTestFinished(() => kv.close());

    const error: unknown = await kv
      .set("the key", "the value", { ttlSeconds: 9 })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnavailableError);
    const { message, cause } = error as UnavailableError;
    const all = `${log}${message}${JSON.stringify(cause, Object.getOwnPropertyNames(cause))}`;
    expect(log).toContain("WRONGPASS");
    expect(all).not.toMatch(/hunter2|the key|the value/);
  });

  it("hides from the cause what a refused command held", async () => {
    const fake = await startFake({
      answer: (command) => (command === "EVAL" ? "-OOM command not allowed\r\n" : "+OK\r\n"),
    });
    const kv = await createRedisKv({ url: fake.url, prefix: "p:" });
    onTestFinished(() => kv.close());
    const error = await kv
      .set("the key", "the value", { ttlSeconds: 9 })
      .catch((thrown: unknown) => thrown as UnavailableError);
    expect(error).toBeInstanceOf(UnavailableError);
    expect((error as Error).cause).toMatchObject({ message: "OOM command not allowed" });
    expect(Object.keys((error as { cause: object }).cause)).not.toContain("command");
  });
});
