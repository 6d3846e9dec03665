import { UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { beforeEach, describe, expect, it } from "vitest";
import { createSealer } from "../../src/secrets/seal.ts";
import { CredentialLostError } from "../../src/vault/vault.ts";
import { createRootKeys } from "../support/root-keys.ts";
import { createVaultWorld, DAY, keys, seal, type VaultWorld } from "../support/vault-world.ts";

let world: VaultWorld;
beforeEach(() => {
  world = createVaultWorld();
});

describe("when the store changes or fails during a refresh", () => {
  // @rule GRANT-4
  it("does not restore a grant that was revoked meanwhile", async () => {
    await world.connect();
    world.now += DAY;
    world.taiga.next = [() => world.kv.deleteMembers(keys.grantIndex("grant"))];
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await world.kv.get(keys.vault("grant"))).toBeUndefined();
  });

  it("does not restore a revoked grant as a lost one", async () => {
    await world.connect();
    world.now += 8 * DAY;
    world.taiga.next = [() => world.kv.deleteMembers(keys.grantIndex("grant"))];
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await world.kv.get(keys.vault("grant"))).toBeUndefined();
  });

  // @rule VAULT-3
  it("retries storing the new token pair, because Taiga has invalidated the old one", async () => {
    let failures = 3;
    const flaky: Kv = {
      ...world.kv,
      replace: async (...args) => {
        if (failures-- > 0) throw new UnavailableError("The store does not answer.");
        return world.kv.replace(...args);
      },
    };
    await world.connect();
    world.now += DAY;
    const { token } = await world.createReplica({ kv: flaky }).token("grant");
    expect((await world.vault.token("grant")).token).toBe(token);
  });

  // @rule OUTAGE-12
  it("keeps retrying during a long store outage, and returns no older token meanwhile", async () => {
    let isDown = true;
    const flaky: Kv = {
      ...world.kv,
      replace: async (...args) => {
        if (isDown) throw new UnavailableError("The store does not answer.");
        return world.kv.replace(...args);
      },
    };
    await world.connect();
    world.now += DAY;
    const replica = world.createReplica({ kv: flaky });
    await expect(replica.token("grant")).rejects.toThrow(UnavailableError);
    // The lock has expired, but the used refresh token is still not sent to Taiga.
    world.now += 100;
    await expect(replica.token("grant")).rejects.toThrow(UnavailableError);
    isDown = false;
    const { token } = await replica.token("grant");
    expect((await world.vault.token("grant")).token).toBe(token);
    expect(world.ended).toEqual([]);
  });

  it("releases a lock that it may have taken, because it would block renewals until it expires", async () => {
    let isLost = true;
    const flaky: Kv = {
      ...world.kv,
      setIfAbsent: async (...args) => {
        const taken = await world.kv.setIfAbsent(...args);
        if (!isLost) return taken;
        isLost = false;
        throw new UnavailableError("The store does not answer.");
      },
    };
    await world.connect();
    world.now += DAY;
    await expect(world.createReplica({ kv: flaky }).token("grant")).rejects.toThrow(
      UnavailableError,
    );
    const from = world.now;
    expect((await world.vault.token("grant")).expiresAt).toBe(from + DAY);
    expect(world.now).toBe(from);
  });

  it("does not lose the answer when only the release of the lock fails", async () => {
    await world.connect();
    world.now += DAY;
    const flaky: Kv = {
      ...world.kv,
      compareAndDelete: () => Promise.reject(new UnavailableError("x")),
    };
    expect((await world.createReplica({ kv: flaky }).token("grant")).expiresAt).toBe(
      world.now + DAY,
    );
  });

  it("is unavailable, not lost, when the store does not answer", async () => {
    await world.connect();
    await world.kv.close();
    await expect(world.vault.token("grant")).rejects.toThrow(UnavailableError);
    await expect(world.vault.status("grant")).rejects.toThrow(UnavailableError);
  });
});

describe("when the record is resealed meanwhile, because its key is being retired", () => {
  const sealAnew = async (): Promise<void> => {
    const key = keys.vault("grant");
    const { value = "" } = (await world.kv.get(key)) ?? {};
    await world.kv.replace(key, await seal.seal(key, await seal.open(key, value)));
  };

  it("is still refreshed at Taiga", async () => {
    const token = await world.connect();
    world.now += DAY;
    const retiring: Kv = {
      ...world.kv,
      setIfAbsent: async (...args) => {
        await sealAnew();
        return world.kv.setIfAbsent(...args);
      },
    };
    expect((await world.createReplica({ kv: retiring }).token("grant")).token).not.toBe(token);
    expect(world.taiga.presented).toHaveLength(1);
  });

  it("still ends when Taiga has ended it", async () => {
    await world.connect();
    world.now += 8 * DAY;
    world.taiga.next = [sealAnew];
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(world.ended).toEqual(["grant"]);
  });
});

it("is unavailable, not lost, while the key of its record cannot be read", async () => {
  await world.connect();
  const other = createSealer(
    {
      ...createRootKeys(8),
      refresh: () => Promise.reject(new UnavailableError("The store does not answer.")),
    },
    "vault",
  );
  const replica = world.createReplica({ seal: other });
  await expect(replica.status("grant")).rejects.toThrow(UnavailableError);
});
