import { UnavailableError } from "@taiga-mcp/service";
import { beforeEach, describe, expect, it } from "vitest";
import { hash } from "../../src/storage/key-names.ts";
import { CredentialLostError } from "../../src/vault/vault.ts";
import { ada } from "../support/ada.ts";
import { createVaultWorld, DAY, keys, seal, type VaultWorld } from "../support/vault-world.ts";
import { createToken, fail } from "../support/taiga-chains.ts";

let world: VaultWorld;
beforeEach(() => {
  world = createVaultWorld();
});

describe("what Taiga answers", () => {
  const unknown = () => fail("unavailable", "Taiga did not answer", { outcomeUnknown: true });

  // @rule VAULT-4
  it("retries once when the outcome of the refresh is unknown", async () => {
    const token = await world.connect();
    world.taiga.next = [unknown()];
    expect((await world.vault.token("grant", { rejected: hash(token) })).token).not.toBe(token);
    expect(world.taiga.presented).toEqual(["refresh-1", "refresh-1"]);
  });

  // @rule VAULT-4
  it("returns the still valid token when the outcome stays unknown", async () => {
    const token = await world.connect();
    world.now += DAY - 120;
    world.taiga.next = [unknown(), unknown()];
    expect((await world.vault.token("grant")).token).toBe(token);
    expect(world.taiga.presented).toHaveLength(2);
    expect(await world.vault.status("grant")).toBe("live");
  });

  // @rule VAULT-8
  it("ends the grant of a login that Taiga has ended, so that its client starts a new one", async () => {
    await world.connect();
    world.now += 8 * DAY;
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(world.ended).toEqual(["grant"]);
  });

  // @rule VAULT-7
  it("ends no grant while the outcome is uncertain: an outage of Taiga costs no login", async () => {
    await world.connect();
    world.now += DAY;
    world.taiga.next = [fail("unavailable", "no")];
    await expect(world.vault.token("grant")).rejects.toThrow(UnavailableError);
    expect(world.ended).toEqual([]);
  });

  it("reports a login as lost also when its grant cannot be ended yet", async () => {
    await world.connect();
    world.now += 8 * DAY;
    const endGrant = () => Promise.reject(new UnavailableError("The store does not answer."));
    const replica = world.createReplica({ endGrant });
    await expect(replica.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await world.vault.status("grant")).toBe("lost");
  });

  it("loses the login when the unknown refresh turns out to have been carried out", async () => {
    await world.connect();
    world.now += DAY;
    world.taiga.next = [
      (carryOut) => {
        carryOut();
        unknown()();
      },
    ];
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await world.vault.status("grant")).toBe("lost");
  });

  // @rule VAULT-7
  it.each(["throttled", "unavailable", "server_error", "unexpected_response", "aborted"] as const)(
    "keeps the login on %s: the old token while it lasts, then unavailable, then the new one",
    async (code) => {
      const token = await world.connect();
      world.now += DAY - 1;
      world.taiga.next = [fail(code, "no")];
      expect((await world.vault.token("grant")).token).toBe(token);
      world.now += 1;
      world.taiga.next = [fail(code, "no")];
      await expect(world.vault.token("grant")).rejects.toThrow(UnavailableError);
      expect(await world.vault.status("grant")).toBe("live");
      expect((await world.vault.token("grant")).expiresAt).toBe(world.now + DAY);
    },
  );

  // @rule VAULT-1
  it("never returns a refused token, however long it would be valid", async () => {
    const token = await world.connect();
    world.taiga.next = [fail("unavailable", "no")];
    await expect(world.vault.token("grant", { rejected: hash(token) })).rejects.toThrow(
      UnavailableError,
    );
  });

  it.each(["user_inactive", "user_not_found", "token_not_valid"] as const)(
    "ends the login on %s",
    async (code) => {
      await world.connect();
      world.now += DAY;
      world.taiga.next = [fail(code, "no")];
      await expect(world.vault.token("grant")).rejects.toMatchObject({ code: "credential_lost" });
      expect(await world.vault.status("grant")).toBe("lost");
    },
  );

  // @rule VAULT-4
  it("reads the record again before it ends a login, because another replica may have refreshed it", async () => {
    await world.connect();
    world.now += DAY;
    const winner = { token: createToken(world.now + DAY, "won"), refreshToken: "won" };
    world.taiga.next = [
      async () => {
        // As a replica with an expired lock would: same chain, one step ahead.
        const key = keys.vault("grant");
        await world.kv.replace(
          key,
          await seal.seal(
            key,
            JSON.stringify({ state: "live", credential: { scheme: "Bearer", ...winner } }),
          ),
        );
        fail("token_not_valid", "no")();
      },
    ];
    expect((await world.vault.token("grant")).token).toBe(winner.token);
    expect(await world.vault.status("grant")).toBe("live");
  });

  it("does not hide a bug, and releases the lock after it", async () => {
    await world.connect();
    world.now += DAY;
    world.taiga.next = [
      () => {
        throw new TypeError("bug");
      },
    ];
    await expect(world.vault.token("grant")).rejects.toThrow(TypeError);
    expect(await world.kv.get(keys.vaultLock("grant"))).toBeUndefined();
  });

  // @rule VAULT-5
  it("is unavailable when Taiga's token does not say when it ends", async () => {
    await world.vault.hold("uid", {
      user: ada.user,
      credential: { scheme: "Bearer", token: "opaque", refreshToken: "r" },
    });
    await world.vault.claim("uid", "grant");
    await expect(world.vault.token("grant")).rejects.toThrow(UnavailableError);
  });
});
