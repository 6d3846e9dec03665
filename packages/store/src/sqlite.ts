import type { Clock, Logger } from "@taiga-mcp/service";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { checkTtl } from "./ttl.ts";
import { storeClosed, storeFailure } from "./store-errors.ts";
import type { Entry, Kv } from "./kv.ts";
import { isLocked, openSqliteFile } from "./sqlite-file.ts";

/** How many expired entries are deleted at a time: a millisecond or two of work. */
const PURGE_BATCH = 500;
const PURGE_INTERVAL_MS = 5_000;

/** At most this many keys are read before other work gets its turn. */
const SCAN_PAGE = 200;

/** How long an operation waits for another program that writes to the file. */
const LOCKED_TIMEOUT_MS = 1_000;
const LOCKED_POLL_MS = 20;

export interface SqliteKvDeps {
  /** Path of the file, or `:memory:`. */
  file: string;
  clock: Clock;
  logger?: Logger;
}

/**
 * A store in one SQLite file, for one process. What a method has answered is on the disk.
 * @throws {ConfigurationError} when the file cannot be used, or another process uses it.
 */
export function createSqliteKv({ file, clock, logger }: SqliteKvDeps): Kv {
  const store = openSqliteFile(file);
  const { db } = store;
  const sql = prepareStatements(db);

  /** Retries while another program has the file locked: nothing was done in that case. */
  async function attempt<Result>(work: (now: number) => Result): Promise<Result> {
    const giveUpAt = performance.now() + LOCKED_TIMEOUT_MS;
    for (;;) {
      if (!db.isOpen) throw storeClosed();
      try {
        return work(clock());
      } catch (error) {
        if (!isSqliteFailure(error)) throw error;
        if (!isLocked(error) || performance.now() >= giveUpAt) throw storeFailure(error);
      }
      await sleep(LOCKED_POLL_MS);
    }
  }

  const purge = setInterval(() => {
    attempt((now) => sql.purge.run({ now, batch: PURGE_BATCH })).catch((error: unknown) => {
      logger?.warn({ err: error }, "expired entry cleanup failed");
    });
  }, PURGE_INTERVAL_MS).unref();

  return {
    get: (key) =>
      attempt((now) => {
        const row = sql.get.get({ key, now });
        return row && ({ ...row } as unknown as Entry);
      }),

    set: (key, value, { ttlSeconds, indexes = [] }) =>
      attempt((now) => {
        const end = toEnd(now, ttlSeconds);
        transact(db, () => {
          sql.dropEnded.run({ key, now });
          sql.upsert.run({ key, value, end });
          for (const name of indexes) sql.enter.run({ name, key });
        });
      }),

    setIfAbsent: (key, value, { ttlSeconds }) =>
      attempt((now) => {
        const end = toEnd(now, ttlSeconds);
        return transact(db, () => {
          sql.dropEnded.run({ key, now });
          return sql.insert.run({ key, value, end }).changes === 1;
        });
      }),

    replace: (key, value, { ttlSeconds } = {}) =>
      attempt((now) => {
        const end = ttlSeconds === undefined ? null : toEnd(now, ttlSeconds);
        return sql.replace.run({ key, value, end, now }).changes === 1;
      }),

    compareAndSet: (key, expected, value, { ttlSeconds } = {}) =>
      attempt((now) => {
        const end = ttlSeconds === undefined ? null : toEnd(now, ttlSeconds);
        return sql.compareAndSet.run({ key, expected, value, end, now }).changes === 1;
      }),

    touch: (key, { ttlSeconds, indexes = [] }) =>
      attempt((now) => {
        const end = toEnd(now, ttlSeconds);
        return transact(db, () => {
          if (sql.touch.run({ key, end, now }).changes === 0) return false;
          for (const name of indexes) sql.enter.run({ name, key });
          return true;
        });
      }),

    delete: (key) => attempt((now) => sql.delete.run({ key, now }).changes === 1),

    compareAndDelete: (key, expected) =>
      attempt((now) => sql.compareAndDelete.run({ key, expected, now }).changes === 1),

    members: (index) =>
      attempt((now) => sql.members.all({ index, now }).map(({ key }) => key as string)),

    firstToEnd: (index, { withinSeconds, limit }) =>
      attempt((now) =>
        sql.firstToEnd
          .all({ index, now, latest: now + withinSeconds, limit })
          .map(({ key }) => key as string),
      ),

    deleteMembers: (index) => attempt(() => void sql.deleteMembers.run({ index })),

    scan: async function* (prefix) {
      let page: string[];
      let last: string | null = null;
      do {
        const from: string = last ?? prefix;
        page = await attempt((now) =>
          sql.scan
            .all({ prefix, from, last, now, limit: SCAN_PAGE })
            .map(({ key }) => key as string),
        );
        yield* page;
        last = page.at(-1) ?? last;
        await setImmediate();
      } while (page.length === SCAN_PAGE);
    },

    ping: () => attempt((now) => void sql.get.get({ key: "", now })),

    time: async () => undefined,

    inspect: () =>
      attempt((now) => {
        sql.get.get({ key: "", now });
        return { weaknesses: [], unknown: [] };
      }),

    close: async () => {
      clearInterval(purge);
      store.close();
    },
  };
}

/** Deleting an entry deletes its memberships (`ON DELETE CASCADE`). */
function prepareStatements(db: DatabaseSync) {
  return {
    get: db.prepare(
      `SELECT value, expires_at AS "expiresAt" FROM entries
       WHERE key = :key AND expires_at > :now`,
    ),
    dropEnded: db.prepare("DELETE FROM entries WHERE key = :key AND expires_at <= :now"),
    upsert: db.prepare(
      `INSERT INTO entries (key, value, expires_at) VALUES (:key, :value, :end)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
    ),
    insert: db.prepare(
      `INSERT INTO entries (key, value, expires_at) VALUES (:key, :value, :end)
       ON CONFLICT (key) DO NOTHING`,
    ),
    enter: db.prepare(
      "INSERT INTO index_members (name, key) VALUES (:name, :key) ON CONFLICT DO NOTHING",
    ),
    replace: db.prepare(
      `UPDATE entries SET value = :value, expires_at = coalesce(:end, expires_at)
       WHERE key = :key AND expires_at > :now`,
    ),
    compareAndSet: db.prepare(
      `UPDATE entries SET value = :value, expires_at = coalesce(:end, expires_at)
       WHERE key = :key AND expires_at > :now AND value = :expected`,
    ),
    touch: db.prepare(
      `UPDATE entries SET expires_at = max(expires_at, :end)
       WHERE key = :key AND expires_at > :now`,
    ),
    delete: db.prepare("DELETE FROM entries WHERE key = :key AND expires_at > :now"),
    compareAndDelete: db.prepare(
      "DELETE FROM entries WHERE key = :key AND expires_at > :now AND value = :expected",
    ),
    members: db.prepare(
      `SELECT key FROM index_members JOIN entries USING (key)
       WHERE name = :index AND expires_at > :now`,
    ),
    firstToEnd: db.prepare(
      `SELECT key FROM index_members JOIN entries USING (key)
       WHERE name = :index AND expires_at > :now AND expires_at <= :latest
       ORDER BY expires_at LIMIT :limit`,
    ),
    deleteMembers: db.prepare(
      "DELETE FROM entries WHERE key IN (SELECT key FROM index_members WHERE name = :index)",
    ),
    scan: db.prepare(
      `SELECT key FROM entries
       WHERE key >= :from AND key IS NOT :last AND substr(key, 1, length(:prefix)) = :prefix
         AND expires_at > :now
       ORDER BY key LIMIT :limit`,
    ),
    purge: db.prepare(
      `DELETE FROM entries WHERE key IN
         (SELECT key FROM entries WHERE expires_at <= :now LIMIT :batch)`,
    ),
  };
}

/** The end, in epoch seconds, of an entry that lives `ttlSeconds` from `now`. */
const toEnd = (now: number, ttlSeconds: number): number => now + checkTtl(ttlSeconds);

/** Runs several statements in one transaction. */
function transact<Result>(db: DatabaseSync, work: () => Result): Result {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some failures, such as a full disk.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** What the disk, the file or another program can cause; anything else is a bug. */
const isSqliteFailure = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === "ERR_SQLITE_ERROR";
