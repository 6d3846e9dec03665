import { ConfigurationError, createLogger, UnavailableError } from "@taiga-mcp/service";
import { createLocalBroadcast, createSqliteKv } from "@taiga-mcp/store";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type KeyRing, openKeyRing } from "../../src/secrets/key-ring.ts";
import { RING_CHANGED } from "../../src/storage/topics.ts";
import { addKey, type Ring } from "../../src/secrets/ring.ts";
import type { MasterKeys } from "../../src/secrets/ring-envelope.ts";
import { createRingRecord } from "../../src/secrets/ring-record.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { createTestKv } from "../support/stores.ts";

const keys = createKeyNames("https://taiga.example/api/v1");
const DAY = 86_400;
const withNewKey = (ring: Ring): Ring => addKey(ring, 1_000_000);
const [OLD, NEW] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

function createInstallation() {
  let now = 1_000_000;
  const clock = (): number => now;
  const memory = createSqliteKv({ file: ":memory:", clock });
  let afterGet: (() => Promise<void>) | undefined;
  const kv = createTestKv({
    ...memory,
    get: async (key) => {
      const entry = await memory.get(key);
      await afterGet?.();
      return entry;
    },
  });
  const broadcast = createLocalBroadcast();
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ name: "test", level: "info", destination });
  const toRecord = (masterKeys: MasterKeys) => createRingRecord({ kv, keys, masterKeys, clock });

  return {
    kv,
    /** Runs once, after the store has answered the next read and before the answer arrives. */
    meanwhile: (work: () => Promise<void>) => {
      afterGet = async () => {
        afterGet = undefined;
        await work();
      };
    },
    broadcast,
    pass: (seconds: number) => void (now += seconds),
    logged: () => lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    start: async (...[newest = OLD, ...older]: Uint8Array[]): Promise<KeyRing> => {
      const record = toRecord([newest, ...older]);
      const ring = await openKeyRing({ record, broadcast, clock, logger });
      onTestFinished(() => ring.close());
      return ring;
    },
    /** Changes the ring as another process would, without a broadcast. */
    changeSilently: async (
      toNext: (ring: Ring) => Ring,
      ...[newest = OLD, ...older]: Uint8Array[]
    ) => {
      const record = toRecord([newest, ...older]);
      const stored = await record.read();
      expect(await record.write(stored, toNext(stored.ring))).toBe(true);
    },
  };
}

const idsOf = (ring: KeyRing): string[] => ring.current().map(({ id }) => id);

describe("the ring of an installation", () => {
  // @rule KEYS-5
  it("is one ring, also when its first replicas start at the same time", async () => {
    const { start } = createInstallation();
    const replicas = await Promise.all([start(), start(), start()]);
    expect(new Set(replicas.map((ring) => idsOf(ring).join())).size).toBe(1);
  });

  it("is stored sealed, and opens in no other place", async () => {
    const { kv, start } = createInstallation();
    const [key] = (await start()).current();
    const { value = "" } = (await kv.get(keys.ring)) ?? {};
    expect(value).not.toContain(Buffer.from(key.secret).toString("base64url"));
    expect(value).not.toContain(key.id);
    const elsewhere = createRingRecord({
      kv,
      keys: { ring: "copy" },
      masterKeys: [OLD],
      clock: () => 1_000_000,
    });
    await kv.set("copy", value, { ttlSeconds: 400 * DAY });
    await expect(elsewhere.read()).rejects.toThrow(ConfigurationError);
  });

  it("outlives all records it has sealed, and its expiry is extended once a day", async () => {
    const { kv, start, pass } = createInstallation();
    let touches = 0;
    kv.before = async (method) => void (touches += method === "touch" ? 1 : 0);
    const ring = await start();
    for (let hours = 0; hours < 240; hours += 1) {
      pass(3600);
      await ring.refresh();
    }
    expect(touches).toBeGreaterThan(7);
    expect(touches).toBeLessThan(11);
    expect((await kv.get(keys.ring))?.expiresAt).toBeGreaterThan(1_000_000 + 408 * DAY);
  });

  it("is restored with its keys when the store has lost it, so that sealed records stay readable", async () => {
    const { kv, start } = createInstallation();
    const ring = await start();
    const before = idsOf(ring);
    await kv.delete(keys.ring);
    await ring.refresh();
    expect(idsOf(ring)).toEqual(before);
    expect(idsOf(await start())).toEqual(before);
  });
});

describe("a new key", () => {
  it("is known to a replica as soon as the broadcast arrives", async () => {
    const { start, changeSilently, broadcast } = createInstallation();
    const ring = await start();
    await changeSilently(withNewKey);
    await broadcast.publish(RING_CHANGED);
    await expect.poll(() => idsOf(ring)).toHaveLength(2);
  });

  // @rule KEYS-2
  it("is known within twenty seconds when the broadcast is lost", async () => {
    const { start, changeSilently } = createInstallation();
    const ring = await start();
    await changeSilently(withNewKey);
    await vi.advanceTimersByTimeAsync(19_000);
    expect(idsOf(ring)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    await expect.poll(() => idsOf(ring)).toHaveLength(2);
  });

  it("is also noticed during a read of the previous ring", async () => {
    const { meanwhile, start, changeSilently, broadcast } = createInstallation();
    const ring = await start();
    meanwhile(async () => {
      await changeSilently(withNewKey);
      await broadcast.publish(RING_CHANGED);
    });
    await ring.refresh();
    await expect.poll(() => idsOf(ring)).toHaveLength(2);
  });

  it("does not seal before a minute has passed", async () => {
    const { start, changeSilently, pass } = createInstallation();
    const ring = await start();
    const [first] = idsOf(ring);
    await changeSilently(withNewKey);
    await ring.refresh();
    pass(59);
    expect(idsOf(ring)[0]).toBe(first);
    pass(1);
    expect(idsOf(ring)[1]).toBe(first);
  });
});

describe("while the store does not answer", () => {
  it("the last read keys stay in use, but are fresh for forty seconds only", async () => {
    const { kv, start, pass, logged } = createInstallation();
    const ring = await start();
    kv.isDown = true;
    pass(40);
    expect(ring.isFresh()).toBe(true);
    pass(1);
    expect(ring.isFresh()).toBe(false);
    await expect(ring.refresh()).rejects.toThrow(UnavailableError);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(idsOf(ring)).toHaveLength(1);
    kv.isDown = false;
    await vi.advanceTimersByTimeAsync(1_000);
    await expect.poll(() => ring.isFresh()).toBe(true);
    expect(logged()).toEqual(["key ring read failed", "key ring readable again"]);
  });

  it("a service starts, and has its keys a second after the store is back", async () => {
    const { kv, start, logged } = createInstallation();
    kv.isDown = true;
    const ring = await start();
    expect(() => ring.current()).toThrow(UnavailableError);
    expect(ring.isFresh()).toBe(false);
    kv.isDown = false;
    await vi.advanceTimersByTimeAsync(1_000);
    await expect.poll(() => idsOf(ring)).toHaveLength(1);
    expect(logged()).toEqual(["key ring read failed", "key ring readable again"]);
  });

  it("stops reading when it is closed", async () => {
    const { kv, start } = createInstallation();
    const ring = await start();
    await ring.close();
    let reads = 0;
    kv.before = async () => void (reads += 1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reads).toBe(0);
  });
});

describe("MASTER_KEY", () => {
  it("that does not open the ring ends the start, with advice", async () => {
    const { start, logged } = createInstallation();
    await start(OLD);
    await expect(start(NEW)).rejects.toThrow(ConfigurationError);
    expect(logged()).toEqual([]);
    await expect(start(NEW)).rejects.toThrow(/MASTER_KEY does not open.*Restore that key/);
  });

  it("that turns out to be wrong after the start is logged as an error, and ends no login", async () => {
    const { kv, start, logged } = createInstallation();
    await start(OLD);
    kv.isDown = true;
    const ring = await start(NEW);
    kv.isDown = false;
    await expect(ring.refresh()).rejects.toThrow(UnavailableError);
    expect(logged()).toEqual(["key ring read failed", "key ring read failed"]);
  });

  // @rule KEYS-4
  it("can be replaced replica by replica: each opens the ring, in any order of restarts", async () => {
    const { start } = createInstallation();
    const [one, other] = [await start(OLD), await start(OLD)];
    const ids = idsOf(one);
    await one.close();
    const newer = await start(NEW, OLD);
    await expect(other.refresh()).resolves.toBeUndefined();
    await other.close();
    await start(NEW, OLD);
    const newest = await start(NEW);
    await expect(newer.refresh()).resolves.toBeUndefined();
    expect(idsOf(newest)).toEqual(ids);
    await expect(start(OLD)).rejects.toThrow(ConfigurationError);
  });

  it("does not cause repeated resealing while replicas have different keys", async () => {
    const { kv, start } = createInstallation();
    const [one, other] = [await start(OLD), await start(NEW, OLD)];
    const sealed = await kv.get(keys.ring);
    for (const ring of [one, other, one, other]) await ring.refresh();
    expect(await kv.get(keys.ring)).toEqual(sealed);
  });
});
