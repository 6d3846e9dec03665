import { ConfigurationError, makeDataDir } from "@taiga-mcp/service";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** How long the start waits for another program that writes to the file. */
const BUSY_TIMEOUT_MS = 5_000;

const SQLITE_BUSY = 5;

/** Whether another connection holds the file; nothing was done then. */
export const isLocked = (error: unknown): boolean =>
  // The lowest byte of SQLite's extended codes is what they have in common.
  ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;

/** One migration per schema version; `user_version` counts those that were applied. */
const MIGRATIONS = [
  `CREATE TABLE entries (
     key TEXT PRIMARY KEY,
     value TEXT NOT NULL,
     expires_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX entries_by_end ON entries (expires_at);
   CREATE TABLE index_members (
     name TEXT NOT NULL,
     key TEXT NOT NULL REFERENCES entries (key) ON DELETE CASCADE,
     PRIMARY KEY (name, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX index_members_by_key ON index_members (key);`,
];

export interface SqliteFile {
  db: DatabaseSync;
  /** Closes the database and lets another process have it. */
  close(): void;
}

/**
 * Opens the store's file, makes it when it is not there, and brings its tables up to date.
 * @param file path of the file, or `:memory:`. It is readable by its owner only, as is its
 * folder when that is new.
 * @throws {ConfigurationError} when another process has the file open, a newer version of this
 * program wrote it, or it cannot be used; the message says which.
 */
export function openSqliteFile(file: string): SqliteFile {
  const opened: DatabaseSync[] = [];
  const close = (): void => {
    for (const db of opened.toReversed()) if (db.isOpen) db.close();
  };
  try {
    if (file !== ":memory:") {
      makePrivate(file);
      opened.push(lock(file));
    }
    const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    opened.push(db);
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    migrate(db, file);
    // From now on waits are asynchronous: SQLite's own would block the whole process.
    db.exec("PRAGMA busy_timeout = 0");
    return { db, close };
  } catch (cause) {
    close();
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(
      `The store file ${file} cannot be used: ${(cause as Error).message}.`,
      { cause },
    );
  }
}

/**
 * Takes a lock that lasts as long as this process. It is on a file of its own, so that the
 * store can be read and backed up meanwhile; the system frees it however the process ends.
 */
function lock(file: string): DatabaseSync {
  const lockFile = `${file}.lock`;
  makePrivate(lockFile);
  const db = new DatabaseSync(lockFile);
  try {
    db.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;"); // no journal file: nothing is written
    return db;
  } catch (cause) {
    db.close();
    if (!isLocked(cause)) throw cause;
    throw new ConfigurationError(
      `The store file ${file} is in use by another process, and a SQLite store serves one only: ` +
        "stop that process, or set STORE_URL to a redis:// URL.",
      { cause },
    );
  }
}

/**
 * Makes the file before SQLite would make it readable for everyone. An existing one is not
 * opened: closing it again would drop the locks that this process already holds on it.
 */
function makePrivate(file: string): void {
  makeDataDir(path.dirname(file));
  try {
    writeFileSync(file, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    chmodSync(file, 0o600);
  }
}

function migrate(db: DatabaseSync, file: string): void {
  const { user_version: version } = db.prepare("PRAGMA user_version").get() as {
    user_version: number;
  };
  if (version > MIGRATIONS.length) {
    throw new ConfigurationError(
      `The store file ${file} was written by a newer version of this program (schema ${version}, ` +
        `this one knows ${MIGRATIONS.length}): run that version, or restore an older copy of the file.`,
    );
  }
  for (const [step, statements] of MIGRATIONS.entries()) {
    if (step < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${step + 1}; COMMIT;`);
  }
}
