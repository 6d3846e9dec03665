import { createLogger } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { beforeEach, describe, expect, it } from "vitest";
import { createGrantUses, type GrantUses } from "../../src/grants/grant-use.ts";
import { createSealer } from "../../src/secrets/seal.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { createRootKeys } from "../support/root-keys.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";

const keys = createKeyNames("https://taiga.example.com/api/v1");
const GRANT = keys.grant("one");
const INDEX = keys.grantIndexOf(GRANT);
const DAY = 86_400;

let now: number;
let kv: TestKv;
let uses: GrantUses;
beforeEach(async () => {
  now = 1_790_000_000;
  kv = createTestKv(createSqliteKv({ file: ":memory:", clock: () => now }));
  uses = createGrantUses({
    kv,
    keys,
    seal: createSealer(createRootKeys(4), "account"),
    clock: () => now,
    logger: createLogger({ name: "test", level: "silent" }),
    grantTtlSeconds: 30 * DAY,
  });
  await kv.set(GRANT, "{}", { ttlSeconds: DAY, indexes: [INDEX] });
});

describe("the use of a grant", () => {
  it("is when, and from which network, its client was seen last", async () => {
    expect(await uses.find(GRANT)).toBeUndefined();
    await uses.note(GRANT, "2001:db8::1");
    expect(await uses.find(GRANT)).toEqual({ usedAt: now, network: "2001:db8::/64" });
    now += 100;
    await uses.note(GRANT);
    expect(await uses.find(GRANT)).toEqual({ usedAt: now, network: "2001:db8::/64" });
    now += 100;
    await uses.note(GRANT, "192.0.2.1");
    expect(await uses.find(GRANT)).toEqual({ usedAt: now, network: "192.0.2.1" });
  });

  it("costs no write within a minute of the one before", async () => {
    await uses.note(GRANT);
    const before = kv.written.get(keys.useOf(GRANT));
    now += 59;
    await uses.note(GRANT);
    expect((await uses.find(GRANT))?.usedAt).toBe(now - 59);
    expect(kv.written.get(keys.useOf(GRANT))).toBe(before);
    now += 2;
    await uses.note(GRANT);
    expect((await uses.find(GRANT))?.usedAt).toBe(now);
  });

  it("is sealed, and ends with its grant", async () => {
    await uses.note(GRANT, "192.0.2.1");
    expect(JSON.stringify([...kv.written])).not.toContain("192.0.2.1");
    await kv.deleteMembers(INDEX);
    expect(await kv.get(keys.useOf(GRANT))).toBeUndefined();
  });

  // @rule ACC-8
  it("is not noted for a grant that has ended, or ends meanwhile", async () => {
    await kv.deleteMembers(INDEX);
    await uses.note(GRANT, "192.0.2.1");
    expect(await kv.get(keys.useOf(GRANT))).toBeUndefined();

    const other = keys.grant("two");
    await kv.set(other, "{}", { ttlSeconds: DAY });
    kv.before = async (method, key) => {
      if (method === "set" && key === keys.useOf(other)) await kv.delete(other);
    };
    await uses.note(other, "192.0.2.1");
    expect(await kv.get(keys.useOf(other))).toBeUndefined();
  });

  // @rule ACC-8
  it("does not matter to anybody when the store does not answer", async () => {
    kv.isDown = true;
    await expect(uses.note(GRANT, "192.0.2.1")).resolves.toBeUndefined();
  });
});
