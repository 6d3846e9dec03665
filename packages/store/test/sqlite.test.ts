import { once } from "node:events";
import { chmodSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConfigurationError } from "@taiga-mcp/service";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createSqliteKv } from "../src/sqlite.ts";
import { createFakeClock } from "./support/fake-clock.ts";
import { inspect, newFile, open, startHolder } from "./support/sqlite-file.ts";

const { clock } = createFakeClock();

const count = (file: string, table: string): number =>
  inspect(file, (db) => db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"] as number);

it("lets other work have its turn in the middle of a scan", async () => {
  const kv = open(":memory:");
  for (let n = 0; n < 450; n += 1) await kv.set(`k${n}`, "v", { ttlSeconds: 100 });
  let seen = 0;
  let seenAtTurn: number | undefined;
  setImmediate(() => (seenAtTurn = seen));
  for await (const _key of kv.scan("")) seen += 1;
  expect(seen).toBe(450);
  expect(seenAtTurn).toBeLessThan(450);
});

describe("a SQLite file", () => {
  it("remembers entries, ends and indexes over a restart", async () => {
    const file = newFile();
    const first = open(file);
    await first.set("k", "v", { ttlSeconds: 100, indexes: ["i"] });
    const entry = await first.get("k");
    await first.close();

    const second = open(file);
    expect(await second.get("k")).toEqual(entry);
    expect(await second.members("i")).toEqual(["k"]);
  });

  it("is readable by its owner only, with its folder and everything beside it", async () => {
    const file = newFile();
    await open(file).set("k", "v", { ttlSeconds: 100 });
    const folder = path.dirname(file);
    const modeOf = (name: string): string => (statSync(name).mode & 0o777).toString(8);
    expect(modeOf(folder)).toBe("700");
    const names = readdirSync(folder);
    expect(names.toSorted()).toEqual([
      "test.sqlite",
      "test.sqlite-shm",
      "test.sqlite-wal",
      "test.sqlite.lock",
    ]);
    expect(names.filter((name) => modeOf(path.join(folder, name)) !== "600")).toEqual([]);
  });

  it("takes group and world out of the mode of a file that is there already", async () => {
    const file = newFile();
    await open(file).close();
    chmodSync(file, 0o644);
    open(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("uses the write-ahead log, so that a backup can read while the service writes", async () => {
    const file = newFile();
    const kv = open(file);
    await kv.set("before", "v", { ttlSeconds: 100 });
    const backup = new DatabaseSync(file, { readOnly: true });
    onTestFinished(() => backup.close());
    backup.exec("BEGIN; SELECT * FROM entries;");
    await kv.set("during", "v", { ttlSeconds: 100 });
    expect(backup.prepare("SELECT key FROM entries").all()).toEqual([{ key: "before" }]);
  });

  it("deletes what has ended by itself, and memberships with it", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const file = newFile();
    const time = createFakeClock();
    const kv = open(file, time.clock);
    for (let number = 0; number < 700; number += 1) {
      await kv.set(`short ${number}`, "v", { ttlSeconds: 1, indexes: ["i"] });
    }
    await kv.set("long", "v", { ttlSeconds: 100, indexes: ["i"] });
    await time.advanceTo(time.clock() + 1);
    expect(count(file, "entries")).toBe(701);

    await vi.advanceTimersByTimeAsync(5_000);
    expect(count(file, "entries")).toBe(201); // one batch: a large purge would block the service
    await vi.advanceTimersByTimeAsync(5_000);
    expect(count(file, "entries")).toBe(1);
    expect(count(file, "index_members")).toBe(1);
  });
});

describe("one process only", () => {
  it("refuses a second store on the same file in this process", async () => {
    const file = newFile();
    const first = open(file);
    expect(() => createSqliteKv({ file, clock })).toThrow(ConfigurationError);
    expect(() => createSqliteKv({ file, clock })).toThrow(/in use by another process/);
    await first.set("k", "v", { ttlSeconds: 100 }); // and the first one is unaffected
  });

  it("frees the file on close", async () => {
    const file = newFile();
    await open(file).close();
    await expect(open(file).ping()).resolves.toBeUndefined();
  });

  it("is refused while another process holds the file idle, and not once that was killed", async () => {
    const file = newFile();
    const holder = await startHolder(file);
    expect(() => createSqliteKv({ file, clock })).toThrow(
      /test\.sqlite is in use by another process.*stop that process, or set STORE_URL/,
    );

    holder.kill("SIGKILL");
    await once(holder, "exit");
    const kv = open(file, () => Math.floor(Date.now() / 1000));
    expect((await kv.get("written by"))?.value).toBe("the other process");
  });
});

describe("schema version", () => {
  // @rule STORE-9
  it("refuses a file that a newer version of the program wrote, and leaves it alone", async () => {
    const file = newFile();
    await open(file).close();
    inspect(file, (db) => db.exec("PRAGMA user_version = 99"));
    expect(() => createSqliteKv({ file, clock })).toThrow(ConfigurationError);
    expect(() => createSqliteKv({ file, clock })).toThrow(/newer version.*schema 99/);
    const version = inspect(file, (db) => db.prepare("PRAGMA user_version").get());
    expect(version).toEqual({ user_version: 99 });
  });

  it("frees the file again after it was refused", async () => {
    const file = newFile();
    await open(file).close();
    inspect(file, (db) => db.exec("PRAGMA user_version = 99"));
    expect(() => createSqliteKv({ file, clock })).toThrow(/newer version/);
    inspect(file, (db) => db.exec("PRAGMA user_version = 1"));
    await open(file).ping();
  });
});
