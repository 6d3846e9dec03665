import { createLogger } from "@taiga-mcp/service";
import { createLocalBroadcast, createSqliteKv } from "@taiga-mcp/store";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSealer, toSealMark } from "../../src/secrets/seal.ts";
import { openKeyRing } from "../../src/secrets/key-ring.ts";
import { createKeyRotation, type KeyReport } from "../../src/operations/key-rotation.ts";
import { createRingRecord } from "../../src/secrets/ring-record.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";

const keys = createKeyNames("https://taiga.example/api/v1");
const HOUR = 3600;

/** A store, its clock, and its replicas. */
function createInstallation() {
  let now = 1_000_000;
  const clock = (): number => now;
  const kv = createTestKv(createSqliteKv({ file: ":memory:", clock }));
  const broadcast = createLocalBroadcast();
  const logger = createLogger({ name: "test", level: "silent" });

  async function start() {
    const record = createRingRecord({ kv, keys, masterKeys: [new Uint8Array(32)], clock });
    const rootKeys = await openKeyRing({ record, broadcast, clock, logger });
    onTestFinished(() => rootKeys.close());
    const rotation = createKeyRotation({ kv, keys, record, rootKeys, broadcast, clock, logger });
    const vault = createSealer(rootKeys, "vault");
    const engine = createSealer(rootKeys, "engine");
    return { rootKeys, rotation, vault, engine };
  }
  return { kv, clock, start, pass: (seconds: number) => void (now += seconds) };
}

const states = ({ keys: all }: KeyReport): string[] =>
  all.map(({ state, records }) => `${state} ${records}`);

const idOf = async (kv: TestKv, key: string): Promise<string | undefined> =>
  toSealMark((await kv.get(key))?.value ?? "")?.rootKeyId;

describe("the report", () => {
  it("counts the records that each key has sealed, for all purposes, and no others", async () => {
    const { kv, start } = createInstallation();
    const { vault, engine, rotation } = await start();
    const ttl = { ttlSeconds: 100 };
    await kv.set("vault:a", await vault.seal("vault:a", "x"), ttl);
    await kv.set("client:a", await engine.seal("client:a", "x"), ttl);
    await kv.set("grant:a", "{}", ttl);
    const report = await rotation.report();
    expect(report).toEqual({
      keys: [
        {
          id: expect.any(String) as string,
          createdAt: 1_000_000,
          activeFrom: 1_000_000,
          state: "sealing",
          records: 2,
        },
      ],
      masterKey: { position: 0, count: 1 },
    });
  });
});

describe("a rotation", () => {
  it("adds a key that starts to seal in a minute, one key at a time", async () => {
    const { start, pass } = createInstallation();
    const { rotation } = await start();
    const report = await rotation.rotate();
    expect(states(report)).toEqual(["coming 0", "sealing 0"]);
    expect(report.keys[0]?.activeFrom).toBe(1_000_060);
    expect(report.retirableFrom).toBe(1_000_060 + HOUR);
    await expect(rotation.retire()).rejects.toMatchObject({ code: "keys_in_use" });
    await expect(rotation.rotate()).rejects.toMatchObject({ code: "key_rotation_pending" });
    pass(60);
    const after = await rotation.report();
    expect(states(after)).toEqual(["sealing 0", "opening 0"]);
    expect(after.retirableFrom).toBe(1_000_060 + HOUR);
    expect(states(await rotation.rotate())).toEqual(["coming 0", "sealing 0", "opening 0"]);
  });

  it("is known to the other replicas at once", async () => {
    const { start } = createInstallation();
    const [one, other] = [await start(), await start()];
    const { keys: all } = await one.rotation.rotate();
    await expect.poll(() => other.rootKeys.current().map(({ id }) => id)).toContain(all[0]?.id);
  });

  it("keeps the known keys, also when the store has lost them", async () => {
    const { kv, start } = createInstallation();
    const { rotation, rootKeys } = await start();
    const [known] = rootKeys.current();
    await kv.delete(keys.ring);
    const report = await rotation.rotate();
    expect(report.keys.map(({ id }) => id)).toContain(known.id);
  });

  it("adds one key when two operators ask for it at the same time", async () => {
    const { start } = createInstallation();
    const [one, other] = [await start(), await start()];
    const outcomes = await Promise.allSettled([one.rotation.rotate(), other.rotation.rotate()]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await one.rotation.report()).keys).toHaveLength(2);
  });
});

describe("a retirement", () => {
  async function rotated() {
    const installation = createInstallation();
    const { kv, start, pass } = installation;
    const replica = await start();
    const { vault, engine, rotation } = replica;
    for (let n = 0; n < 50; n += 1) {
      const key = `vault:${n}`;
      await kv.set(key, await vault.seal(key, `secret ${n}`), {
        ttlSeconds: 10_000 + n,
        indexes: ["i"],
      });
    }
    await kv.set("client:a", await engine.seal("client:a", "x"), { ttlSeconds: 10_000 });
    await rotation.rotate();
    pass(60);
    return { ...installation, ...replica };
  }

  it("waits until no cookie or form in a browser can need the old key", async () => {
    const { rotation, pass } = await rotated();
    await expect(rotation.retire()).rejects.toMatchObject({
      code: "keys_in_use",
      message: expect.stringContaining("1970-01-12T14:47:40.000Z") as string,
    });
    pass(HOUR - 1);
    await expect(rotation.retire()).rejects.toMatchObject({ code: "keys_in_use" });
    pass(1);
    expect(await rotation.retire()).toMatchObject({ resealed: 51, removed: 1 });
  });

  it("reseals every record in place, and keeps expiry and indexes", async () => {
    const { kv, rotation, vault, pass } = await rotated();
    const before = await kv.get("vault:7");
    pass(HOUR);
    const report = await rotation.retire();
    expect(states(report)).toEqual(["sealing 51"]);
    const after = await kv.get("vault:7");
    expect(after?.expiresAt).toBe(before?.expiresAt);
    expect(await vault.open("vault:7", after?.value ?? "")).toBe("secret 7");
    expect(await kv.members("i")).toHaveLength(50);
    expect(await rotation.retire()).toMatchObject({ resealed: 0, removed: 0 });
  });

  // @rule KEYS-3
  it("never restores a grant that was revoked meanwhile", async () => {
    const { kv, rotation, pass } = await rotated();
    pass(HOUR);
    kv.before = async (method, key) => {
      if (method === "compareAndSet" && key === "vault:7") {
        kv.before = undefined;
        await kv.deleteMembers("i");
      }
    };
    await rotation.retire();
    expect(await kv.get("vault:7")).toBeUndefined();
    expect(await kv.members("i")).toEqual([]);
  });

  // @rule KEYS-3
  it("retries when a record was changed meanwhile, and keeps the change", async () => {
    const { kv, rotation, vault, pass } = await rotated();
    pass(HOUR);
    kv.before = async (method, key) => {
      if (method === "compareAndSet" && key === "vault:7") {
        kv.before = undefined;
        await kv.replace(key, await vault.seal(key, "changed"));
      }
    };
    await rotation.retire();
    expect(await vault.open("vault:7", (await kv.get("vault:7"))?.value ?? "")).toBe("changed");
  });

  // @rule KEYS-3
  it("removes no key when a record cannot be resealed", async () => {
    const { kv, rotation, pass } = await rotated();
    await kv.set("vault:copied", (await kv.get("vault:7"))?.value ?? "", { ttlSeconds: 9_000 });
    pass(HOUR);
    await expect(rotation.retire()).rejects.toMatchObject({ code: "keys_in_use" });
    expect(states(await rotation.report())).toEqual(["sealing 51", "opening 1"]);
    await kv.delete("vault:copied");
    expect(await rotation.retire()).toMatchObject({ resealed: 0, removed: 1 });
  });

  it("removes no key when the store fails in the middle, and continues from there", async () => {
    const { kv, rotation, pass } = await rotated();
    pass(HOUR);
    let writes = 0;
    kv.failsOn = (method, key) =>
      method === "compareAndSet" && key.startsWith("vault:") && (writes += 1) > 20;
    await expect(rotation.retire()).rejects.toMatchObject({ code: "temporarily_unavailable" });
    kv.failsOn = undefined;
    expect((await rotation.report()).keys).toHaveLength(2);
    const { resealed, removed } = await rotation.retire();
    expect(removed).toBe(1);
    expect(resealed).toBeLessThan(51);
  });

  it("also finds records that were sealed with the old key during the pass", async () => {
    const { kv, rotation, pass, start } = await rotated();
    const { rootKeys } = await start();
    const [, older] = rootKeys.current();
    const late = createSealer(
      { current: () => [older!], isFresh: () => true, refresh: async () => {} },
      "vault",
    );
    pass(HOUR);
    kv.before = async (method, key) => {
      if (method === "compareAndSet" && key === "client:a") {
        kv.before = undefined;
        await kv.set("vault:0", await late.seal("vault:0", "late"), { ttlSeconds: 10_000 });
      }
    };
    await rotation.retire();
    expect(await idOf(kv, "vault:0")).not.toBe(older?.id);
  });

  it("runs one at a time, and can run again a minute after a crash", async () => {
    const { kv, rotation, pass, start } = await rotated();
    const other = await start();
    pass(HOUR);
    const outcomes = await Promise.allSettled([rotation.retire(), other.rotation.retire()]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await kv.set(keys.retirementLock, "a process that died", { ttlSeconds: 60 });
    await expect(rotation.retire()).rejects.toMatchObject({ code: "keys_in_use" });
    pass(60);
    expect(await rotation.retire()).toMatchObject({ removed: 0 });
  });

  // @rule KEYS-3
  it("makes a leaked key useless for opening and forging", async () => {
    const { kv, rotation, pass, start, vault } = await rotated();
    const { rootKeys } = await start();
    const [, leaked] = rootKeys.current();
    pass(HOUR);
    await rotation.retire();
    const thief = createSealer(
      { current: () => [leaked!], isFresh: () => true, refresh: async () => {} },
      "vault",
    );
    const { value = "" } = (await kv.get("vault:7")) ?? {};
    await expect(thief.open("vault:7", value)).rejects.toMatchObject({ code: "seal_broken" });
    const forged = await thief.seal("vault:7", "forged");
    await expect(vault.open("vault:7", forged)).rejects.toMatchObject({ code: "seal_broken" });
    expect([...kv.written.values()].join()).not.toContain(
      Buffer.from(leaked!.secret).toString("base64url"),
    );
  });
});
