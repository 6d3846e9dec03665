import { createLogger } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { beforeEach, expect, it } from "vitest";
import {
  type ActivityLog,
  createActivityLog,
  type ToolWrite,
} from "../../src/grants/activity-log.ts";
import { createSealer } from "../../src/secrets/seal.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { createRootKeys } from "../support/root-keys.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";

const keys = createKeyNames("https://taiga.example.com/api/v1");
const ALICE = "taiga.7";

let now: number;
let kv: TestKv;
let log: ActivityLog;
beforeEach(() => {
  now = 1_790_000_000;
  kv = createTestKv(createSqliteKv({ file: ":memory:", clock: () => now }));
  log = createLog();
});

const createLog = () =>
  createActivityLog({
    kv,
    keys,
    seal: createSealer(createRootKeys(4), "account"),
    clock: () => now,
    logger: createLogger({ name: "test", level: "silent" }),
  });

const toWrite = (at: number, object = "apollo"): ToolWrite => ({
  at,
  gid: "x".padEnd(43, "-"),
  client: "Claude",
  tool: "update_items",
  object,
  outcome: "ok",
});

it("keeps what happened, in order, for its user only", async () => {
  await log.note(ALICE, { kind: "connected", client: "Claude", network: "192.0.2.1" });
  now += 5;
  await log.note(ALICE, { kind: "disconnected", client: "Claude" });
  expect((await log.read(ALICE)).events).toEqual([
    { at: now - 5, kind: "connected", client: "Claude", network: "192.0.2.1" },
    { at: now, kind: "disconnected", client: "Claude" },
  ]);
  expect(await log.read("taiga.8")).toEqual({ events: [], writes: [] });
});

// @rule ACC-7
it("is sealed and stays below 150 kB, whatever the texts and however many there are", async () => {
  const long = "\u{1f600}".repeat(5_000);
  await log.note(ALICE, { kind: "account_login" });
  const writes = Array.from({ length: 300 }, (_, index) => toWrite(index, `secret ${long}`));
  await log.noteWrites(ALICE, writes);
  for (let count = 0; count < 70; count += 1) {
    await log.note(ALICE, { kind: "connected", client: long, network: long });
  }
  const { events, writes: kept } = await log.read(ALICE);
  expect([events.length, kept.length]).toEqual([60, 100]);
  expect(kept.at(-1)?.at).toBe(299);
  const value = (await kv.get(keys.activity(ALICE)))?.value ?? "";
  expect(value.length).toBeLessThan(150_000);
  expect(value).not.toContain("secret");
});

// @rule ACC-7
it("loses nothing when several replicas note at once", async () => {
  const logs = [log, createLog(), createLog()];
  await Promise.all(
    logs.flatMap((one) => [1, 2, 3].map(() => one.note(ALICE, { kind: "connected" }))),
  );
  expect((await log.read(ALICE)).events).toHaveLength(9);
});

// @rule ACC-8
it("fails no request when the store does not answer", async () => {
  kv.isDown = true;
  await expect(log.note(ALICE, { kind: "connected" })).resolves.toBeUndefined();
});
