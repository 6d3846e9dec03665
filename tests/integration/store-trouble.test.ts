// What people notice of a store that is gone, frozen or full: that they have to wait. Neither a
// login nor a code is lost, and nothing is answered that makes a client drop what it has.
import { Redis } from "ioredis";
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import {
  type Answer,
  authorize,
  connect,
  createBrowser,
  createPkce,
  exchangeCode,
  introspect,
  refresh,
  toAuthorizeParams,
} from "../../apps/auth-server/test/support/client.ts";
import { startSystem, type System } from "../../apps/auth-server/test/support/system.ts";
import { systemClock } from "../../packages/service/src/index.ts";
import { openStore } from "../../packages/store/src/index.ts";
import { spawnRedis } from "../support/redis.ts";
import { createTcpProxy } from "../support/tcp-proxy.ts";

const binary = inject("redisBinary");

/** How long a caller may have to wait for an answer, be it that there is none. */
const ANSWER_MS = 3_500;
const RECOVERY_MS = 8_000;
const TEST_MS = 30_000;

/** A store that can be brought into trouble, and out of it. */
interface Troubled {
  url: string;
  dataDir: string;
  begin(): Promise<void>;
  end(): Promise<void>;
}

async function openSystem({ url, dataDir }: Troubled): Promise<System> {
  const kv = await openStore({ url, dataDir, name: "test", clock: systemClock });
  const system = await startSystem({ kv });
  onTestFinished(async () => {
    await system.close();
    await kv.close();
  });
  return system;
}

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "store-trouble-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a full disk does: writing fails, reading goes on. */
function fullSqlite(): Troubled {
  const dataDir = newFolder();
  const execute = (sql: string): void => {
    const db = new DatabaseSync(path.join(dataDir, "test.sqlite"));
    db.exec(sql);
    db.close();
  };
  const events = ["INSERT", "UPDATE"];
  return {
    url: "sqlite:",
    dataDir,
    begin: async () => {
      for (const event of events) {
        execute(
          `CREATE TRIGGER full_${event} BEFORE ${event} ON entries
           BEGIN SELECT raise(ABORT, 'database or disk is full'); END`,
        );
      }
    },
    end: async () => {
      for (const event of events) execute(`DROP TRIGGER full_${event}`);
    },
  };
}

async function troubledRedis(trouble: "gone" | "frozen" | "full"): Promise<Troubled> {
  if (binary === undefined) throw new Error("There is no Redis to start.");
  const redis = await spawnRedis(binary);
  const proxy = await createTcpProxy({ host: "127.0.0.1", port: redis.port });
  const operator = new Redis(redis.url);
  onTestFinished(async () => {
    operator.disconnect();
    await proxy.close();
    await redis.stop();
  });
  const setMemory = async (bytes: number): Promise<void> => {
    await operator.config("SET", "maxmemory", bytes);
  };
  const ways = {
    gone: { begin: () => proxy.cut(), end: () => proxy.restore() },
    frozen: { begin: async () => proxy.freeze(), end: () => proxy.restore() },
    full: { begin: () => setMemory(1), end: () => setMemory(0) },
  };
  return { url: `redis://127.0.0.1:${proxy.port}`, dataDir: newFolder(), ...ways[trouble] };
}

/** Everybody at once, and how long the slowest took. */
async function askAll(asked: (() => Promise<Answer>)[]) {
  const start = performance.now();
  const answers = await Promise.all(asked.map((ask) => ask()));
  return { answers, waitedMs: performance.now() - start };
}

async function expectHarmless(store: Troubled): Promise<void> {
  const system = await openSystem(store);
  const { clientId, tokens } = await connect(system);
  const pkce = createPkce();
  const params = toAuthorizeParams(clientId, pkce);
  const code = (await authorize(system, params)).get("code") ?? "";
  const loginPage = () =>
    createBrowser(system.issuer).open(`${system.issuer}/authorize?${params.toString()}`);
  const exchange = () => exchangeCode(system, clientId, code, pkce);
  const renew = () => refresh(system, clientId, tokens.refresh_token);
  const ask = () => introspect(system.privateUrl, tokens.access_token);

  await store.begin();
  const { answers, waitedMs } = await askAll([exchange, renew, loginPage, ask]);
  await store.end();

  expect(waitedMs).toBeLessThan(ANSWER_MS);
  const [exchanged, renewed, page, asked] = answers;
  for (const answer of [exchanged, renewed]) {
    expect([answer?.status, answer?.json["error"]]).toEqual([503, "temporarily_unavailable"]);
  }
  expect([page?.status, page?.headers.get("location")]).toEqual([503, null]);
  // A store that is full can still be read.
  const isKnown = asked?.status === 200 && asked.json["active"] === true;
  expect(isKnown || asked?.json["error"] === "temporarily_unavailable").toBe(true);

  await expect
    .poll(async () => (await ask()).json["active"], { timeout: RECOVERY_MS, interval: 100 })
    .toBe(true);
  expect((await exchange()).status).toBe(200);
  expect((await renew()).status).toBe(200);
  expect((await connect(system, { clientId })).tokens.access_token).not.toBe("");
}

describe("an authorization server", () => {
  it("loses nothing on a disk that is full", async () => {
    await expectHarmless(fullSqlite());
  });

  it.skipIf(binary === undefined).each(["gone", "frozen", "full"] as const)(
    "loses nothing by a Redis that is %s, and answers in time",
    async (trouble) => {
      await expectHarmless(await troubledRedis(trouble));
    },
    TEST_MS,
  );
});
