import { beforeEach, describe, expect, it } from "vitest";
import { hash } from "../../src/storage/key-names.ts";
import { CredentialLostError } from "../../src/vault/vault.ts";
import { ada } from "../support/ada.ts";
import {
  createVaultWorld,
  DAY,
  GRANT_TTL,
  keys,
  START,
  type VaultWorld,
} from "../support/vault-world.ts";
import { fail } from "../support/taiga-chains.ts";

let world: VaultWorld;
beforeEach(() => {
  world = createVaultWorld();
});

describe("token", () => {
  it("returns the login's own token without a request to Taiga while more than 5 minutes are left", async () => {
    const token = await world.connect();
    world.now += DAY - 300;
    expect(await world.vault.token("grant")).toEqual({
      token,
      scheme: "Bearer",
      expiresAt: START + DAY,
    });
    expect(world.taiga.presented).toEqual([]);
  });

  // @rule VAULT-5
  it("refreshes when less than 5 minutes are left until the token's exp", async () => {
    await world.connect();
    world.now += DAY - 299;
    expect(await world.vault.token("grant")).toMatchObject({ expiresAt: world.now + DAY });
    expect(world.taiga.presented).toEqual(["refresh-1"]);
  });

  it("refreshes a valid token that Taiga has just refused", async () => {
    const token = await world.connect();
    const renewed = await world.vault.token("grant", { rejected: hash(token) });
    expect(renewed.token).not.toBe(token);
  });

  it("does not refresh again for a refused token that was already replaced", async () => {
    const token = await world.connect();
    await world.vault.token("grant", { rejected: hash(token) });
    await world.vault.token("grant", { rejected: hash(token) });
    expect(world.taiga.presented).toHaveLength(1);
  });

  it("is lost for a grant that has no credential", async () => {
    await expect(world.vault.token("unknown")).rejects.toThrow(CredentialLostError);
  });

  it("keeps the record's expiry on a refresh, so that unused grants end", async () => {
    await world.connect();
    world.now += DAY;
    await world.vault.token("grant");
    expect((await world.kv.get(keys.vault("grant")))?.expiresAt).toBe(START + GRANT_TTL);
  });

  it("stays alive for months when it is used, though each refresh token lasts 8 days", async () => {
    await world.connect();
    for (let day = 0; day < 60; day += 5) {
      world.now += 5 * DAY;
      await world.kv.touch(keys.vault("grant"), { ttlSeconds: GRANT_TTL });
      expect((await world.vault.token("grant")).expiresAt).toBe(world.now + DAY);
    }
    expect(world.taiga.presented).toHaveLength(12);
  });

  it("is lost after 8 idle days, and stays lost without asking Taiga again", async () => {
    await world.connect();
    world.now += 8 * DAY;
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await world.vault.status("grant")).toBe("lost");
    expect(world.taiga.presented).toHaveLength(1);
  });

  // @rule VAULT-2
  it("ends with the grant's index", async () => {
    await world.connect();
    await world.kv.deleteMembers(keys.grantIndex("grant"));
    expect(await world.vault.status("grant")).toBe("lost");
  });

  it("is lost when no key opens the record, because only a new login helps", async () => {
    await world.connect();
    const stolen = await world.kv.get(keys.vault("grant"));
    await world.kv.set(keys.vault("other"), stolen?.value ?? "", { ttlSeconds: DAY });
    expect(await world.vault.status("other")).toBe("lost");
    await expect(world.vault.token("other")).rejects.toThrow(CredentialLostError);
  });
});

describe("an installation for some people only", () => {
  // @rule LOGIN-7
  it("checks the user at every refresh, and ends the login of a user who is no longer allowed", async () => {
    const token = await world.connect();
    world.vault = world.createReplica({ isAllowed: ({ username }) => username !== "ada" });
    world.now += DAY - 299;
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(world.asked).toHaveLength(1);
    expect(world.asked).not.toEqual([token]);
    expect(world.ended).toEqual(["grant"]);
  });

  it("ends the token of an application at its next check", async () => {
    const credential = {
      scheme: "Application",
      token: "t",
      state: "s",
      userId: ada.user.id,
      checkedAt: world.now,
    } as const;
    await world.vault.hold("uid", { user: ada.user, credential });
    await world.vault.claim("uid", "grant");
    world.vault = world.createReplica({ isAllowed: () => false });
    world.now += 900;
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(world.released).toEqual([credential]);
  });

  it("keeps the login of a user about whom Taiga does not answer", async () => {
    await world.connect();
    world.vault = world.createReplica({ isAllowed: () => false });
    world.account = async () => fail("unavailable", "no")();
    world.now += DAY - 299;
    expect((await world.vault.token("grant")).expiresAt).toBe(world.now + DAY);
    expect(await world.vault.status("grant")).toBe("live");
  });

  it("makes no further request to Taiga when every user is allowed", async () => {
    await world.connect();
    world.now += DAY - 299;
    await world.vault.token("grant");
    expect(world.asked).toEqual([]);
  });
});
