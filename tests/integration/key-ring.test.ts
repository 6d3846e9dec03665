// The key ring on Redis: replicas learn of one another's keys and find every record that a key has
// sealed. Also an authorization server that starts before its Redis.
import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { createSealer, toSealMark } from "../../apps/auth-server/src/secrets/seal.ts";
import { openKeyRing } from "../../apps/auth-server/src/secrets/key-ring.ts";
import { createKeyRotation } from "../../apps/auth-server/src/operations/key-rotation.ts";
import { createRingRecord } from "../../apps/auth-server/src/secrets/ring-record.ts";
import { createKeyNames } from "../../apps/auth-server/src/storage/key-names.ts";
import { createLogger, systemClock } from "../../packages/service/src/index.ts";
import { openBroadcast, openStore } from "../../packages/store/src/index.ts";
import { createService, freePorts, MASTER_KEY } from "../support/system.ts";
import { createTcpProxy } from "../support/tcp-proxy.ts";

const redisUrl = inject("redisUrl");
const HOUR = 3600;

describe.skipIf(redisUrl === undefined)("the key ring on Redis", () => {
  const url = redisUrl ?? "";
  const keys = createKeyNames("https://taiga.example/api/v1");
  const masterKeys = [new Uint8Array(32).fill(7)] as const;
  const logger = createLogger({ name: "test", level: "silent" });
  const name = `test-${randomUUID()}`;
  /** How far in the past the test's clock starts; the clock of Redis itself cannot be moved. */
  let agoSeconds = 2 * HOUR;
  const clock = (): number => systemClock() - agoSeconds;

  async function startReplica() {
    const kv = await openStore({ url, dataDir: "unused", name, clock });
    const broadcast = await openBroadcast({ url, name });
    const record = createRingRecord({ kv, keys, masterKeys, clock });
    const rootKeys = await openKeyRing({ record, broadcast, clock, logger });
    onTestFinished(async () => {
      await rootKeys.close();
      await Promise.all([kv.close(), broadcast.close()]);
    });
    const rotation = createKeyRotation({ kv, keys, record, rootKeys, broadcast, clock, logger });
    return { kv, rootKeys, rotation, sealer: createSealer(rootKeys, "vault") };
  }

  // @rule KEYS-2
  it("is shared by all replicas, and finds every record sealed with its keys", async () => {
    const [one, two] = await Promise.all([startReplica(), startReplica()]);
    const [old] = one.rootKeys.current();
    expect(two.rootKeys.current()[0].id).toBe(old.id);

    const records = Array.from({ length: 1_200 }, (_, number) => `vault:${number}`);
    await Promise.all(
      records.map(async (key, number) => {
        const ends = { ttlSeconds: HOUR + number, indexes: ["all"] };
        await one.kv.set(key, await one.sealer.seal(key, key), ends);
      }),
    );
    const endsBefore = await Promise.all(
      records.map(async (key) => (await one.kv.get(key))?.expiresAt ?? 0),
    );

    const { keys: ring } = await two.rotation.rotate();
    await expect.poll(() => one.rootKeys.current()).toHaveLength(2);
    agoSeconds = 0;
    await Promise.all([one.rootKeys.refresh(), two.rootKeys.refresh()]);

    const report = await one.rotation.retire();
    expect(report).toMatchObject({ resealed: records.length, removed: 1 });
    for (const [number, key] of records.entries()) {
      const { value, expiresAt } = (await two.kv.get(key)) ?? { value: "", expiresAt: 0 };
      expect(toSealMark(value)?.rootKeyId).toBe(ring[0]?.id);
      expect(await two.sealer.open(key, value)).toBe(key);
      expect(Math.abs(expiresAt - (endsBefore[number] ?? 0))).toBeLessThanOrEqual(1);
    }
    expect(await two.kv.members("all")).toHaveLength(records.length);
    await one.kv.deleteMembers("all");
    await one.kv.delete(keys.ring);
  });
});

// Through a proxy, because the tests may not stop a foreign server; the proxy cannot do TLS.
describe.skipIf(redisUrl === undefined || redisUrl.startsWith("rediss:"))(
  "an authorization server whose Redis is not up yet",
  () => {
    // @rule STORE-11
    it("listens, answers 503, and works once Redis is up", async () => {
      const target = new URL(redisUrl ?? "");
      const redis = await createTcpProxy({
        host: target.hostname,
        port: Number(target.port || 6379),
      });
      onTestFinished(() => redis.close());
      target.host = `127.0.0.1:${redis.port}`;
      target.pathname = "/3";
      await redis.cut();
      const [port, privatePort] = await freePorts(2);
      const issuer = `http://localhost:${port}`;
      const service = createService("apps/auth-server", {
        PATH: process.env["PATH"] ?? "",
        STORE_URL: target.href,
        MASTER_KEY,
        RS_CLIENT_SECRET: randomBytes(32).toString("base64url"),
        ISSUER: issuer,
        AUTH_SERVER_PORT: `${port}`,
        AUTH_SERVER_PRIVATE_PORT: `${privatePort}`,
        TAIGA_API_URL: "http://localhost:1",
      });
      await service.start();
      onTestFinished(() => service.stop());

      const ask = (path: string, init?: RequestInit) => fetch(`${issuer}${path}`, init);
      expect((await ask("/healthz")).status).toBe(200);
      const refused = await ask("/jwks");
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({ error: "temporarily_unavailable" });
      const page = await ask("/authorize", { headers: { accept: "text/html" } });
      expect(page.status).toBe(503);
      expect(await page.text()).toContain("Not available right now");

      await redis.restore();
      await expect.poll(async () => (await ask("/jwks")).status).toBe(200);
      await expect.poll(() => service.output()).toContain("store connection restored");
      expect(service.output()).toContain("store connection lost");
    });
  },
);
