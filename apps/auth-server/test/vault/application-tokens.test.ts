import { UnavailableError } from "@taiga-mcp/service";
import { beforeEach, describe, expect, it } from "vitest";
import type { ApplicationCredential } from "../../src/login/login-backend.ts";
import { hash } from "../../src/storage/key-names.ts";
import { CredentialLostError } from "../../src/vault/vault.ts";
import { ada, toAccount } from "../support/ada.ts";
import { createVaultWorld, keys, START, type VaultWorld } from "../support/vault-world.ts";
import { fail } from "../support/taiga-chains.ts";

let world: VaultWorld;
beforeEach(() => {
  world = createVaultWorld();
});

describe("the token of an application", () => {
  const connectApplication = async (): Promise<ApplicationCredential> => {
    const credential = {
      scheme: "Application",
      token: "app-token",
      state: "a-secret-state",
      userId: ada.user.id,
      checkedAt: world.now,
    } as const;
    await world.vault.hold("uid", { user: ada.user, credential });
    expect(await world.vault.claim("uid", "grant")).toBe(true);
    return credential;
  };
  const notAuthenticated = fail("not_authenticated", "Invalid token", { status: 401 });

  it("is returned with its scheme, for 15 minutes after Taiga last confirmed its user", async () => {
    await connectApplication();
    world.now += 600;
    expect(await world.vault.token("grant")).toEqual({
      token: "app-token",
      scheme: "Application",
      expiresAt: START + 900,
    });
    expect(world.asked).toEqual([]);
  });

  // @rule LOGIN-11
  it("is used again only after Taiga confirmed that its user is still active", async () => {
    await connectApplication();
    world.now += 601;
    expect(await world.vault.token("grant")).toMatchObject({ expiresAt: world.now + 900 });
    expect(world.asked).toEqual(["app-token"]);
    world.now += 599;
    await world.vault.token("grant");
    expect(world.asked).toHaveLength(1);
    expect(world.taiga.presented).toEqual([]);
  });

  // @rule LOGIN-11
  it("is lost when the user is inactive, although Taiga would still accept it", async () => {
    const credential = await connectApplication();
    world.account = async () => toAccount({ isActive: false });
    world.now += 900;
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(world.ended).toEqual(["grant"]);
    expect(world.released).toEqual([credential]);
  });

  it("is lost when it was deleted at Taiga, as soon as Taiga has refused it once", async () => {
    await connectApplication();
    world.account = async () => notAuthenticated();
    await expect(world.vault.token("grant", { rejected: hash("app-token") })).rejects.toThrow(
      CredentialLostError,
    );
    expect(await world.vault.status("grant")).toBe("lost");
    expect(world.ended).toEqual(["grant"]);
  });

  it("survives a refusal that Taiga does not repeat", async () => {
    await connectApplication();
    const { token } = await world.vault.token("grant", { rejected: hash("app-token") });
    expect([token, world.asked]).toEqual(["app-token", ["app-token"]]);
  });

  it.each(["unavailable", "throttled", "server_error"] as const)(
    "is kept when Taiga answers %s, but used for no longer than its 15 minutes",
    async (code) => {
      await connectApplication();
      world.account = async () => fail(code, "no")();
      world.now += 700;
      expect((await world.vault.token("grant")).expiresAt).toBe(START + 900);
      world.now += 200;
      await expect(world.vault.token("grant")).rejects.toThrow(UnavailableError);
      world.account = async () => toAccount();
      expect((await world.vault.token("grant")).token).toBe("app-token");
    },
  );

  it("asks Taiga once for 20 parallel calls on two replicas", async () => {
    await connectApplication();
    world.now += 900;
    const other = world.createReplica();
    world.account = async () => {
      await new Promise(setImmediate);
      return toAccount();
    };
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? world.vault : other).token("grant")),
    );
    expect(world.asked).toHaveLength(1);
  });

  it("is not restored by a check that ends after its revocation", async () => {
    await connectApplication();
    world.now += 900;
    world.account = async () => {
      await world.kv.deleteMembers(keys.grantIndex("grant"));
      return toAccount();
    };
    await expect(world.vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await world.vault.status("grant")).toBe("lost");
  });

  // @rule LOGIN-10
  it("is not readable in the store, and neither is its state", async () => {
    await connectApplication();
    const stored = (await world.kv.get(keys.vault("grant")))?.value;
    expect(stored).not.toContain("a-secret-state");
    expect(stored).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it("is revoked at Taiga when its user does not consent", async () => {
    const credential = { ...(await connectApplication()), token: "another" };
    await world.vault.hold("other", { user: ada.user, credential });
    await world.vault.discard("other");
    expect(world.released).toEqual([credential]);
  });
});
