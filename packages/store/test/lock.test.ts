import { createLogger, UnavailableError } from "@taiga-mcp/service";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Kv } from "../src/kv.ts";
import { LockTakenError, withLock } from "../src/lock.ts";
import { createSqliteKv } from "../src/sqlite.ts";
import { createFakeClock } from "./support/fake-clock.ts";

const TTL = { ttlSeconds: 100 };

function createStore(): Kv {
  const kv = createSqliteKv({ file: ":memory:", clock: createFakeClock().clock });
  onTestFinished(() => kv.close());
  return kv;
}

/** A store in which another holder has the lock. */
async function createLockedStore(): Promise<Kv> {
  const kv = createStore();
  await kv.set("lock", "another holder", TTL);
  return kv;
}

describe("withLock while another holder has the lock", () => {
  it("waits for about as long as it was told, with pauses of different length", async () => {
    const kv = await createLockedStore();
    const slept: number[] = [];
    const sleep = async (ms: number): Promise<void> => void slept.push(ms);
    const options = { ...TTL, waitMs: 10_000, pollMs: 100 };
    const waiting = withLock({ kv, sleep }, "lock", options, async () => "done");
    await expect(waiting).rejects.toThrow(LockTakenError);
    const total = slept.reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeGreaterThanOrEqual(10_000);
    expect(total).toBeLessThanOrEqual(10_150);
    expect(Math.min(...slept)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...slept)).toBeLessThanOrEqual(150);
    expect(new Set(slept).size).toBeGreaterThan(10);
  });

  it("ends with what makes the lock unnecessary", async () => {
    const kv = await createLockedStore();
    let looks = 0;
    const options = {
      ...TTL,
      waitMs: 10_000,
      pollMs: 1,
      whileTaken: async () => {
        looks += 1;
        return looks === 3 ? "the other holder did it" : undefined;
      },
    };
    const outcome = await withLock({ kv }, "lock", options, async () => "done here");
    expect(outcome).toBe("the other holder did it");
    expect((await kv.get("lock"))?.value).toBe("another holder");
  });

  it("stops waiting when the signal aborts, with the signal's reason", async () => {
    const kv = await createLockedStore();
    const stop = new AbortController();
    const options = { ...TTL, waitMs: 60_000, pollMs: 60_000, signal: stop.signal };
    const waiting = withLock({ kv }, "lock", options, async () => "done");
    setTimeout(() => stop.abort(new Error("shutting down")), 20);
    await expect(waiting).rejects.toThrow("shutting down");
  });
});

describe("withLock over a store that loses answers", () => {
  it("gives back a lock that it may have taken", async () => {
    const kv = createStore();
    const lossy: Kv = {
      ...kv,
      setIfAbsent: async (...args) => {
        await kv.setIfAbsent(...args);
        throw new UnavailableError("The store does not answer.");
      },
    };
    let isStarted = false;
    const working = withLock({ kv: lossy }, "lock", TTL, async () => void (isStarted = true));
    await expect(working).rejects.toThrow(UnavailableError);
    expect(isStarted).toBe(false);
    expect(await kv.get("lock")).toBeUndefined();
  });

  it("keeps the result when only the lock cannot be given back, and logs that", async () => {
    let log = "";
    const destination = { write: (line: string) => void (log += line) };
    const logger = createLogger({ name: "test", level: "warn", destination });
    const kv: Kv = {
      ...createStore(),
      compareAndDelete: () => Promise.reject(new UnavailableError("The store does not answer.")),
    };
    expect(await withLock({ kv, logger }, "lock", TTL, async () => "done")).toBe("done");
    expect(log).toContain("lock release failed");
  });
});
