import { closeSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConfigurationError, UnavailableError } from "@taiga-mcp/service";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSqliteKv } from "../src/sqlite.ts";
import { createFakeClock } from "./support/fake-clock.ts";
import { inspect, newFile, open } from "./support/sqlite-file.ts";

const { clock } = createFakeClock();

describe("failures", () => {
  it("refuses to start on a file that is not a database, with the reason in the message", () => {
    const file = newFile();
    open(file);
    const other = `${file}.text`;
    writeFileSync(other, "not a database".repeat(100));
    expect(() => createSqliteKv({ file: other, clock })).toThrow(ConfigurationError);
    expect(() => createSqliteKv({ file: other, clock })).toThrow(/cannot be used: file is not a/);
  });

  it("refuses to start where the folder cannot be made, with the reason in the message", () => {
    const file = newFile();
    open(file);
    const below = path.join(file, "folder", "x.sqlite");
    expect(() => createSqliteKv({ file: below, clock })).toThrow(/cannot be used: ENOTDIR/);
  });

  it("is unavailable when the file is damaged under it, and says why to the log only", async () => {
    const file = newFile();
    const kv = open(file);
    for (let number = 0; number < 20; number += 1) {
      await kv.set(`k${number}`, "v".repeat(2_000), { ttlSeconds: 100 });
    }
    inspect(file, (db) => {
      db.exec("UPDATE entries SET value = value || 'x'; PRAGMA wal_checkpoint(TRUNCATE)");
    });
    const header = 4_096;
    const garbage = Buffer.alloc(statSync(file).size - header, 0xa5);
    const damaged = openSync(file, "r+");
    writeSync(damaged, garbage, 0, garbage.length, header);
    closeSync(damaged);

    const error = await kv.get("k1").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnavailableError);
    expect((error as Error).message).not.toMatch(/malformed/);
    expect(String((error as Error).cause)).toMatch(/malformed|disk image/);
  });

  // @rule OUTAGE-15
  it("waits for another program's lock without holding up the process", async () => {
    const file = newFile();
    const kv = open(file);
    const other = new DatabaseSync(file);
    onTestFinished(() => other.close());
    other.exec("BEGIN IMMEDIATE");
    const writing = kv.set("k", "v", { ttlSeconds: 100 });
    // Only a process that goes on can come to this.
    setTimeout(() => other.exec("ROLLBACK"), 50);
    await writing;
    expect((await kv.get("k"))?.value).toBe("v");
  });

  // @rule OUTAGE-15
  it("is unavailable within two seconds while the file stays locked, for all callers at once", async () => {
    const file = newFile();
    const kv = open(file);
    await kv.set("k", "v", { ttlSeconds: 100 });
    const other = new DatabaseSync(file);
    onTestFinished(() => other.close());
    other.exec("BEGIN IMMEDIATE");
    const start = performance.now();
    const writes = Array.from({ length: 10 }, () => kv.set("k", "w", { ttlSeconds: 100 }));
    const outcomes = await Promise.allSettled([...writes, kv.delete("k")]);
    // It gives up after one second; the answer to a busy process may come later, but sooner than
    // the five seconds that SQLite itself would wait, or the eleven of one caller after the other.
    expect(performance.now() - start).toBeLessThan(4_500);
    expect(
      outcomes.filter(
        (outcome) => outcome.status === "rejected" && outcome.reason instanceof UnavailableError,
      ),
    ).toHaveLength(11);
    expect((await kv.get("k"))?.value).toBe("v");
  });

  it("is unavailable when the disk is full, writes nothing by halves, and goes on when it is not", async () => {
    const file = newFile();
    const kv = open(file);
    await kv.set("old", "v", { ttlSeconds: 100, indexes: ["i"] });
    // What a full disk does: a statement late in the operation fails.
    inspect(file, (db) => {
      db.exec(
        `CREATE TRIGGER full BEFORE INSERT ON index_members
         BEGIN SELECT raise(ABORT, 'database or disk is full'); END`,
      );
    });

    const writing = kv.set("new", "v", { ttlSeconds: 100, indexes: ["i"] });
    await expect(writing).rejects.toThrow(UnavailableError);
    expect(await kv.get("new")).toBeUndefined();
    expect((await kv.get("old"))?.value).toBe("v");

    inspect(file, (db) => db.exec("DROP TRIGGER full"));
    await kv.set("new", "v", { ttlSeconds: 100, indexes: ["i"] });
    expect((await kv.members("i")).toSorted()).toEqual(["new", "old"]);
  });
});
