import { createLogger } from "@taiga-mcp/service";
import { beforeEach, describe, expect, it } from "vitest";
import type { Kv } from "../src/kv.ts";
import type { RecordKey } from "../src/record-mac.ts";
import { createSignedKv, type RefusalReason, type SignedKvDeps } from "../src/signed-kv.ts";
import { createSqliteKv } from "../src/sqlite.ts";
import { kvContract } from "./kv.contract.ts";
import { createFakeClock } from "./support/fake-clock.ts";

const OLD: RecordKey = { id: "old", secret: Buffer.alloc(32, 1) };
const NEW: RecordKey = { id: "new", secret: Buffer.alloc(32, 2) };
const TTL = { ttlSeconds: 100 };

const toKeys = (...keys: [RecordKey, ...RecordKey[]]): SignedKvDeps["keys"] => ({
  current: async () => keys,
  find: async (id) => keys.find((key) => key.id === id),
});

function sign(kv: Kv, deps: Partial<SignedKvDeps> = {}): Kv {
  return createSignedKv({
    kv,
    keys: toKeys(NEW),
    isSigned: () => true,
    adoptsUnsigned: false,
    logger: createLogger({ name: "test", level: "silent" }),
    ...deps,
  });
}

kvContract("createSignedKv", async () => {
  const time = createFakeClock();
  return { kv: sign(createSqliteKv({ file: ":memory:", clock: time.clock })), ...time };
});

describe("a store whose records have a MAC", () => {
  let raw: Kv;
  let kv: Kv;
  let refused: RefusalReason[];
  let log: string;
  beforeEach(async () => {
    raw = createSqliteKv({ file: ":memory:", clock: createFakeClock().clock });
    refused = [];
    log = "";
    const destination = { write: (line: string) => void (log += line) };
    kv = sign(raw, {
      logger: createLogger({ name: "test", level: "info", destination }),
      onRefused: (reason) => void refused.push(reason),
    });
    await kv.set("k", '{"access":"read"}', TTL);
  });
  const text = async (name = "k"): Promise<string> => (await raw.get(name))?.value ?? "";

  // @rule STORE-16
  it.each<[RefusalReason, string, () => Promise<string>]>([
    ["wrong_mac", "is changed", async () => (await text()).replace("read", "admin")],
    ["wrong_mac", "has another MAC", async () => (await text()).replace(/(mac1\.new\.)./, "$1_")],
    ["unsigned", "loses its MAC", async () => '{"access":"admin"}'],
    ["unsigned", "has a cut MAC", async () => (await text()).replace(/(mac1\.new\.)./, "$1")],
    ["unknown_key", "names another key", async () => (await text()).replace("new", "old")],
    ["unsigned", "is nonsense", async () => "mac1..."],
  ])("refuses a record (%s) that %s, and logs its name without its content", async (...row) => {
    const [reason, , forge] = row;
    await raw.set("k", await forge(), TTL);
    expect(await kv.get("k")).toBeUndefined();
    expect(refused).toEqual([reason]);
    expect(log).toContain('"record":"k"');
    expect(log).toContain("store record refused");
    expect(log).not.toContain("access");
  });

  // @rule STORE-16
  it("refuses a record that was copied from another name", async () => {
    await kv.set("other", "admin", TTL);
    await raw.set("k", await text("other"), TTL);
    expect(await kv.get("k")).toBeUndefined();
    // Names and values that read the same together.
    await kv.set("ab", "c", TTL);
    await raw.set("a", (await text("ab")).replace(/c$/, "bc"), TTL);
    expect(await kv.get("a")).toBeUndefined();
    expect(refused).toEqual(["wrong_mac", "wrong_mac"]);
  });

  // @rule STORE-16
  it("writes over a forged record as if it were absent, and not over an own one", async () => {
    expect(await kv.setIfAbsent("k", "again", TTL)).toBe(false);
    await raw.set("k", "forged", TTL);
    expect(await kv.compareAndSet("k", "forged", "v", TTL)).toBe(false);
    expect(await kv.compareAndDelete("k", "forged")).toBe(false);
    expect(await kv.setIfAbsent("k", "mine", TTL)).toBe(true);
    expect((await kv.get("k"))?.value).toBe("mine");
  });

  it("leaves records of other kinds as they are", async () => {
    const some = sign(raw, { isSigned: (name) => name !== "lock" });
    await some.set("lock", "token", TTL);
    expect(await text("lock")).toBe("token");
    expect((await some.get("lock"))?.value).toBe("token");
    expect(await some.compareAndDelete("lock", "token")).toBe(true);
  });

  it("reads, changes and deletes records of an older key, and signs with the newest", async () => {
    const before = sign(raw, { keys: toKeys(OLD) });
    const after = sign(raw, { keys: toKeys(NEW, OLD) });
    for (const name of ["a", "b"]) await before.set(name, "v", TTL);
    expect((await after.get("a"))?.value).toBe("v");
    expect(await after.compareAndSet("a", "w", "x")).toBe(false);
    expect(await after.compareAndSet("a", "v", "w")).toBe(true);
    expect(await text("a")).toMatch(/^mac1\.new\./);
    expect(await after.compareAndDelete("b", "v")).toBe(true);
    expect((await sign(raw).get("a"))?.value).toBe("w");
  });

  // @rule STORE-17
  it("accepts records without a MAC only while that is allowed, and signs what it writes", async () => {
    await raw.set("k", "v", TTL);
    const adopting = sign(raw, { adoptsUnsigned: true });
    expect((await adopting.get("k"))?.value).toBe("v");
    expect(await adopting.compareAndSet("k", "v", "w")).toBe(true);
    expect((await kv.get("k"))?.value).toBe("w");
    await raw.set("k", (await text()).replace("w", "x"), TTL);
    expect(await adopting.get("k")).toBeUndefined();
  });

  it("takes one round trip for each operation", async () => {
    const calls: string[] = [];
    const counting = new Proxy(raw, {
      get: (target, name: keyof Kv) => {
        const method = target[name] as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          calls.push(name);
          return method(...args);
        };
      },
    });
    const signed = sign(counting);
    await signed.set("n", "v", TTL);
    await signed.get("n");
    await signed.replace("n", "w");
    await signed.compareAndSet("n", "w", "x");
    await signed.touch("n", TTL);
    await signed.compareAndDelete("n", "x");
    await signed.setIfAbsent("n", "v", TTL);
    await signed.delete("n");
    expect(calls).toHaveLength(8);
  });
});
