import { createLogger, systemClock } from "@taiga-mcp/service";
import { createSqliteKv, type Kv, readSigned } from "@taiga-mcp/store";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRecordAdoption } from "../../src/secrets/record-adoption.ts";
import { createRecordKeys } from "../../src/secrets/record-keys.ts";
import { isSignedKey } from "../../src/storage/signed-kinds.ts";
import { connect, introspect, refresh, type Tokens } from "../support/client.ts";
import { startSystem, type System, type SystemOptions } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";

const HOUR_SECONDS = 3_600;

let store: Kv;
let system: System;
let login: { clientId: string; tokens: Tokens };
const started: System[] = [];

async function start(options: SystemOptions = {}): Promise<System> {
  const next = await startSystem({ kv: store, ...options });
  started.push(next);
  return next;
}

/** Another process of the same installation. */
const restart = (settings: Record<string, string> = {}): Promise<System> =>
  start({ settings: { ISSUER: system.issuer, ...settings } });

beforeEach(async () => {
  stopClock();
  store = createSqliteKv({ file: ":memory:", clock: systemClock });
  system = await start();
  login = await connect(system);
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(started.splice(0).map((each) => each.close()));
});

const isActive = async (at: System): Promise<unknown> =>
  (await introspect(at.url, login.tokens.access_token)).json["active"];

/** Names of all records that should have a MAC, with the keys of those that have one. */
async function listSigned(): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for await (const name of store.scan("")) {
    if (!isSignedKey(name)) continue;
    found.set(name, readSigned((await store.get(name))?.value ?? "")?.keyId);
  }
  return found;
}

describe("a rotation of the root keys", () => {
  // @rule KEYS-3 STORE-16
  it("signs all records anew before it removes the older key, and ends no login", async () => {
    const [old] = (await system.rotation.report()).keys;
    const before = await listSigned();
    expect(new Set(before.values())).toEqual(new Set([old?.id]));
    await system.rotation.rotate();
    advance(60);
    expect(await isActive(system)).toBe(true);
    advance(HOUR_SECONDS);
    const { removed, keys } = await system.rotation.retire();
    expect(removed).toBe(1);
    const after = await listSigned();
    expect(after.size).toBeGreaterThan(0);
    expect(new Set(after.values())).toEqual(new Set([keys[0]?.id]));
    const { status } = await refresh(system, login.clientId, login.tokens.refresh_token);
    expect(status).toBe(200);
  });

  it("removes no key while a record is there that the service did not write", async () => {
    const name = [...(await listSigned()).keys()].find((key) => key.startsWith("rt:")) ?? "";
    await store.replace(name, ((await store.get(name))?.value ?? "").replace(/.$/, "!"));
    await system.rotation.rotate();
    advance(60 + HOUR_SECONDS);
    await expect(system.rotation.retire()).rejects.toThrow(/1 records could not be/);
    await store.delete(name);
    expect((await system.rotation.retire()).removed).toBe(1);
  });
});

describe("records that an earlier version wrote without a MAC", () => {
  beforeEach(async () => {
    for (const name of (await listSigned()).keys()) {
      const { value = "" } = (await store.get(name)) ?? {};
      await store.replace(name, readSigned(value)?.value ?? value);
    }
  });

  // @rule STORE-17
  it("give nothing", async () => {
    expect(await isActive(await restart())).toBe(false);
  });

  // @rule STORE-17
  it("are signed while a setting says so, and are like all others afterwards", async () => {
    const upgraded = await restart({ ADOPT_UNSIGNED_RECORDS: "true" });
    expect(await isActive(upgraded)).toBe(true);
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    createRecordAdoption({
      kv: store,
      keys: createRecordKeys(upgraded.rootKeys),
      isSigned: isSignedKey,
      logger: createLogger({ name: "test", level: "info", destination }),
      sleep: async () => undefined,
    }).start();
    await expect
      .poll(() => lines.join(""))
      .toContain("unsigned records adopted; remove ADOPT_UNSIGNED_RECORDS now");
    expect([...(await listSigned()).values()]).not.toContain(undefined);
    expect(await isActive(await restart())).toBe(true);
  });
});
