// Real stores that a test can put into an outage and recover.
import { Redis } from "ioredis";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { vi } from "vitest";
import { systemClock } from "../../packages/service/src/index.ts";
import { type Kv, openStore } from "../../packages/store/src/index.ts";
import type { RedisBinary } from "./redis-binary.ts";
import { type OwnRedis, spawnRedis } from "./redis-server.ts";
import { createTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

export interface TroubledStore {
  kv: Kv;
  begin(): Promise<void>;
  end(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a store for one kind of outage, which has not started yet. */
export type OpenTroubled = (binary: RedisBinary | undefined) => Promise<TroubledStore>;

function newFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), "troubled-store-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

interface RedisTrouble {
  proxy: TcpProxy;
  operator: Redis;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

const ofRedis =
  (
    begin: (redis: RedisTrouble) => void | Promise<void>,
    end: (redis: RedisTrouble) => void | Promise<void>,
  ): OpenTroubled =>
  async (binary) => {
    if (binary === undefined) throw new Error("There is no Redis to start.");
    const { folder, remove } = newFolder();
    // Every confirmed write is on the disk.
    const settings = [`dir ${folder}`, "appendonly yes", "appendfsync always"];
    let redis: OwnRedis = await spawnRedis(binary, { settings });
    const proxy = await createTcpProxy({ host: "127.0.0.1", port: redis.port });
    const operator = new Redis(redis.url, { lazyConnect: true });
    const trouble = {
      proxy,
      operator,
      kill: async () => {
        await redis.stop();
      },
      restart: async () => {
        redis = await spawnRedis(binary, { settings });
        proxy.retarget({ host: "127.0.0.1", port: redis.port });
      },
    };
    const kv = await openStore({
      url: `redis://127.0.0.1:${proxy.port}`,
      dataDir: folder,
      name: "test",
      clock: systemClock,
    });
    return {
      kv,
      begin: async () => begin(trouble),
      end: async () => end(trouble),
      close: async () => {
        await kv.close();
        operator.disconnect();
        await proxy.close();
        await redis.stop();
        remove();
      },
    };
  };

interface SqliteTrouble {
  file: string;
  /** The store's own connection. */
  db: DatabaseSync;
  /** The connection of another program. */
  other: DatabaseSync;
  closeStore(): Promise<void>;
  openStore(): Promise<void>;
}

const ofSqlite =
  (
    begin: (sqlite: SqliteTrouble) => void | Promise<void>,
    end: (sqlite: SqliteTrouble) => void | Promise<void>,
  ): OpenTroubled =>
  async () => {
    const { folder, remove } = newFolder();
    const open = () =>
      openStore({ url: "sqlite:", dataDir: folder, name: "test", clock: systemClock });
    // SQLite limits apply to one connection, and only the store has this one.
    const prepare = vi.spyOn(DatabaseSync.prototype, "prepare");
    let current = await open();
    const db = prepare.mock.contexts.at(-1) as unknown as DatabaseSync;
    prepare.mockRestore();
    const file = path.join(folder, "test.sqlite");
    const trouble = {
      file,
      db,
      other: new DatabaseSync(file),
      closeStore: () => current.close(),
      openStore: async () => {
        current = await open();
      },
    };
    return {
      kv: new Proxy({} as Kv, { get: (_target, name: keyof Kv) => current[name] }),
      begin: async () => begin(trouble),
      end: async () => end(trouble),
      close: async () => {
        await current.close();
        trouble.other.close();
        remove();
      },
    };
  };

/** Fills every remaining page with entries like those of the service, ending with small ones. */
function fill({ db }: SqliteTrouble): void {
  const { page_count: pages } = db.prepare("PRAGMA page_count").get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + 1}`);
  const insert = db.prepare(
    "INSERT INTO entries VALUES (hex(randomblob(8)), hex(randomblob(:size)), unixepoch() + 3600)",
  );
  for (const size of [500, 100, 1]) {
    try {
      for (;;) insert.run({ size });
    } catch {
      // SQLITE_FULL: continue with a smaller size that may still fit.
    }
  }
}

/**
 * What still works during an outage: nothing; reads; reads and deletes; these and the writes that
 * still fit; or everything.
 */
export type GoesOn = "nothing" | "reads" | "reads and deletes" | "what fits" | "everything";

/** Every kind of outage, by name. */
export const TROUBLES: Readonly<Record<string, { open: OpenTroubled; goesOn: GoesOn }>> = {
  "Redis, killed and started again": {
    open: ofRedis(
      (redis) => redis.kill(),
      (redis) => redis.restart(),
    ),
    goesOn: "nothing",
  },
  "Redis, cut off in the middle of its answers": {
    open: ofRedis(
      ({ proxy }) => proxy.cutAnswers(),
      ({ proxy }) => proxy.restore(),
    ),
    goesOn: "nothing",
  },
  // Commands sent meanwhile are carried out later, after their callers have given up.
  "Redis, frozen for a while": {
    open: ofRedis(
      ({ proxy }) => proxy.freeze(),
      ({ proxy }) => proxy.restore(),
    ),
    goesOn: "nothing",
  },
  "Redis, slower than the time limit of its callers": {
    open: ofRedis(
      ({ proxy }) => proxy.delayAnswers(2_500),
      ({ proxy }) => proxy.restore(),
    ),
    goesOn: "nothing",
  },
  "Redis, slow": {
    open: ofRedis(
      ({ proxy }) => proxy.delayAnswers(100),
      ({ proxy }) => proxy.restore(),
    ),
    goesOn: "everything",
  },
  "Redis, full": {
    open: ofRedis(
      async ({ operator }) => void (await operator.config("SET", "maxmemory", 1)),
      async ({ operator }) => void (await operator.config("SET", "maxmemory", 0)),
    ),
    goesOn: "reads and deletes",
  },
  "SQLite, closed and opened again": {
    open: ofSqlite(
      (sqlite) => sqlite.closeStore(),
      (sqlite) => sqlite.openStore(),
    ),
    goesOn: "nothing",
  },
  "SQLite, full": {
    open: ofSqlite(fill, ({ db }) => db.exec("PRAGMA max_page_count = 1000000")),
    goesOn: "what fits",
  },
  "SQLite, locked by another program": {
    open: ofSqlite(
      ({ other }) => other.exec("BEGIN IMMEDIATE"),
      ({ other }) => other.exec("ROLLBACK"),
    ),
    goesOn: "reads",
  },
  "SQLite, on a disk that is read-only": {
    open: ofSqlite(
      ({ db }) => db.exec("PRAGMA query_only = ON"),
      ({ db }) => db.exec("PRAGMA query_only = OFF"),
    ),
    goesOn: "reads",
  },
};
