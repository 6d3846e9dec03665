import { setTimeout as sleep } from "node:timers/promises";
import { ConfigurationError, createLogger } from "@taiga-mcp/service";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createRedisBroadcast } from "../src/redis-broadcast.ts";
import { createWitness } from "./broadcast.contract.ts";
import { createFakeRedis } from "./support/fake-redis.ts";

// How the broadcast behaves on a server that works is in tests/integration/store-broadcast.test.ts.

const JOINED = "*3\r\n$9\r\nsubscribe\r\n$13\r\np:broadcast:0\r\n:1\r\n";

describe("createRedisBroadcast", () => {
  it.each([
    ["redis://user:hunter2@host:port", /^STORE_URL: must be a URL such as redis/],
    ["redis+sentinel://user:hunter2@host", /^STORE_URL: must be a URL such as redis\+sentinel/],
  ])("refuses a malformed URL without repeating it", async (url, reason) => {
    const opening = createRedisBroadcast({ url, prefix: "p:" });
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow(reason);
  });

  it("says why it may not subscribe, once, and asks again on the same connection until it may", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    let log = "";
    const destination = { write: (line: string) => void (log += line) };
    const logger = createLogger({ name: "test", level: "debug", destination });
    let allowed = false;
    const fake = await createFakeRedis({
      answer: (command) => {
        if (command !== "SUBSCRIBE") return "+OK\r\n";
        return allowed ? JOINED : "-NOPERM No permissions to access a channel\r\n";
      },
    });
    onTestFinished(() => fake.close());
    const url = fake.url.replace("//", "//user:hunter2@");
    const broadcast = await createRedisBroadcast({ url, prefix: "p:", logger });
    onTestFinished(() => broadcast.close());
    const witness = createWitness();
    broadcast.subscribe(witness);

    await expect.poll(() => log).toContain("NOPERM");
    await sleep(300);
    const asked = fake.commands.filter((command) => command === "SUBSCRIBE");
    expect(asked).toHaveLength(1); // not in a loop
    expect(witness.heard).toEqual([]);

    allowed = true;
    vi.advanceTimersByTime(1_000);
    await expect.poll(() => witness.heard).toEqual(["restored"]);
    expect(fake.connections()).toBe(2); // one to publish, one to listen
    const lines = log.trim().split("\n");
    expect(lines).toHaveLength(2);
    expect(log).not.toContain("hunter2");
  });
});
