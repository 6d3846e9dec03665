import { UnavailableError } from "@taiga-mcp/service";
import { createSqliteKv, type Kv } from "@taiga-mcp/store";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { createRateLimits } from "../../src/storage/rate-limits.ts";

const NOW = 1_800_000_000;
const keys = createKeyNames("https://taiga.example/api/v1");
const limit = { name: "login", windowSeconds: 300, maximum: 40 };

let now: number;
let kv: Kv;
const clock = () => now;
const createReplica = () => createRateLimits({ kv, keys, clock })(limit);
const address = "203.0.113.7";
beforeEach(() => {
  now = NOW;
  kv = createSqliteKv({ file: ":memory:", clock });
});

describe("a counter in the store", () => {
  // @rule LOGIN-4
  it("counts on all replicas and across a restart", async () => {
    await createReplica().increment(address);
    expect((await createReplica().increment(address)).totalHits).toBe(2);
  });

  it("counts every concurrent request, on every replica", async () => {
    const replicas = [createReplica(), createReplica()];
    const counts = await Promise.all(
      Array.from({ length: 15 }, () => replicas.map((replica) => replica.increment(address)))
        .flat()
        .map(async (count) => (await count).totalHits),
    );
    expect(counts.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
  });

  it("starts again after the window of the first request", async () => {
    const store = createReplica();
    await store.increment(address);
    now += 299;
    // express-rate-limit compares it with the clock of this machine, whatever the store's clock says.
    vi.useFakeTimers({ toFake: ["Date"], now: 5_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await store.increment(address)).toEqual({ totalHits: 2, resetTime: new Date(6_000) });
    now += 1;
    expect((await store.increment(address)).totalHits).toBe(1);
  });

  it("can undo a count, but never goes below zero", async () => {
    const store = createReplica();
    await store.decrement(address);
    await store.increment(address);
    await store.decrement(address);
    await store.decrement(address);
    expect((await store.increment(address)).totalHits).toBe(1);
  });

  it("counts each address and each limit separately", async () => {
    await createReplica().increment(address);
    expect((await createReplica().increment("203.0.113.8")).totalHits).toBe(1);
    const other = createRateLimits({ kv, keys, clock })({ ...limit, name: "registration" });
    expect((await other.increment(address)).totalHits).toBe(1);
  });

  it("stores no address", async () => {
    expect(keys.rateLimit("login", address)).toMatch(/^rl:login:[\w-]{43}$/);
  });

  it("does not write for refused requests, so that a flood costs little", async () => {
    const store = createReplica();
    for (let hits = 0; hits < 41; hits += 1) await store.increment(address);
    kv.compareAndSet = () => Promise.reject(new Error("written"));
    expect((await store.increment(address)).totalHits).toBe(42);
  });

  // @rule OUTAGE-7 CVE-2020-15223
  it("reports an outage when the store does not answer, so that the limit cannot be bypassed", async () => {
    await kv.close();
    await expect(createReplica().increment(address)).rejects.toThrow(UnavailableError);
  });

  it("reports an outage when concurrent writes always win", async () => {
    kv.setIfAbsent = async () => false;
    await expect(createReplica().increment(address)).rejects.toThrow(UnavailableError);
  });
});
