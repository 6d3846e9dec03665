import { UnavailableError } from "@taiga-mcp/service";
import { beforeEach, describe, expect, it } from "vitest";
import { hash } from "../../src/storage/key-names.ts";
import {
  createVaultWorld,
  DAY,
  HOUR,
  keys,
  START,
  type VaultWorld,
} from "../support/vault-world.ts";
import { fail } from "../support/taiga-chains.ts";

const LOCK_SECONDS = 80;

let world: VaultWorld;
beforeEach(() => {
  world = createVaultWorld();
});

describe("single flight", () => {
  // @rule VAULT-3
  it("refreshes once for 20 parallel calls on two replicas, and all get the new token", async () => {
    await world.connect();
    const other = world.createReplica();
    world.taiga.next = [() => new Promise(setImmediate)];
    world.now += DAY - HOUR / 60;
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? world.vault : other).token("grant")),
    );
    expect(world.taiga.presented).toEqual(["refresh-1"]);
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1);
    expect(tokens[0]?.expiresAt).toBe(world.now + DAY);
  });

  it("releases the lock, also after a failure", async () => {
    const token = await world.connect();
    world.taiga.next = [fail("throttled", "Request was throttled")];
    await expect(world.vault.token("grant", { rejected: hash(token) })).rejects.toThrow(
      UnavailableError,
    );
    expect(await world.kv.get(keys.vaultLock("grant"))).toBeUndefined();
    await world.vault.token("grant", { rejected: hash(token) });
    expect(await world.kv.get(keys.vaultLock("grant"))).toBeUndefined();
  });

  // @rule VAULT-3
  it("recovers from a holder that died, once its lock has expired", async () => {
    const token = await world.connect();
    await world.kv.setIfAbsent(keys.vaultLock("grant"), "dead", { ttlSeconds: LOCK_SECONDS });
    await expect(world.vault.token("grant", { rejected: hash(token) })).rejects.toThrow(
      UnavailableError,
    );
    expect(world.taiga.presented).toEqual([]);
    world.now = START + LOCK_SECONDS;
    expect((await world.vault.token("grant", { rejected: hash(token) })).token).not.toBe(token);
  });

  it("takes over during its wait when the dead holder's lock expires", async () => {
    const token = await world.connect();
    await world.kv.setIfAbsent(keys.vaultLock("grant"), "dead", { ttlSeconds: 3 });
    expect((await world.vault.token("grant", { rejected: hash(token) })).token).not.toBe(token);
  });

  it("serves the still valid token when the lock stays taken", async () => {
    const token = await world.connect();
    world.now += DAY - 120;
    await world.kv.setIfAbsent(keys.vaultLock("grant"), "slow", { ttlSeconds: LOCK_SECONDS });
    expect((await world.vault.token("grant")).token).toBe(token);
  });

  // @rule VAULT-3
  it("does not release the lock of another replica", async () => {
    await world.connect();
    world.now += DAY;
    world.taiga.next = [
      async () => {
        await world.kv.set(keys.vaultLock("grant"), "another", { ttlSeconds: LOCK_SECONDS });
      },
    ];
    await world.vault.token("grant");
    expect((await world.kv.get(keys.vaultLock("grant")))?.value).toBe("another");
  });
});
