import { beforeEach, describe, expect, it } from "vitest";
import { ada } from "../support/ada.ts";
import { createVaultWorld, keys, type VaultWorld } from "../support/vault-world.ts";

let world: VaultWorld;
beforeEach(() => {
  world = createVaultWorld();
});

describe("between login and consent", () => {
  it("returns the user of the held login, so that the consent page can show the name", async () => {
    const credential = world.taiga.login();
    await world.vault.hold("uid", { user: ada.user, credential });
    expect(await world.vault.heldUser("uid")).toEqual(ada.user);
    expect(world.noted).toEqual([credential]);
    expect(await world.vault.heldUser("another")).toBeUndefined();
  });

  // @rule VAULT-2
  it("forgets a login after 10 minutes", async () => {
    await world.vault.hold("uid", { user: ada.user, credential: world.taiga.login() });
    world.now += 600;
    expect(await world.vault.heldUser("uid")).toBeUndefined();
    expect(await world.vault.claim("uid", "grant")).toBe(false);
  });

  // @rule MCP-SECURITY-4
  it("forgets a login that was discarded", async () => {
    await world.vault.hold("uid", { user: ada.user, credential: world.taiga.login() });
    await world.vault.discard("uid");
    expect(await world.vault.claim("uid", "grant")).toBe(false);
    expect(await world.vault.status("grant")).toBe("lost");
  });

  // @rule VAULT-2
  it("gives a login to one grant only, because a refresh chain has one owner", async () => {
    await world.vault.hold("uid", { user: ada.user, credential: world.taiga.login() });
    const kept = await Promise.all([
      world.vault.claim("uid", "one"),
      world.createReplica().claim("uid", "two"),
    ]);
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect([await world.vault.status("one"), await world.vault.status("two")].toSorted()).toEqual([
      "live",
      "lost",
    ]);
  });

  // @rule OUTAGE-10
  it("keeps a login available after a failed consent, and ends the grant that the consent started", async () => {
    await world.vault.hold("uid", { user: ada.user, credential: world.taiga.login() });
    expect(await world.vault.claim("uid", "failed")).toBe(true);
    expect(await world.vault.heldUser("uid")).toEqual(ada.user);
    world.now += 5;
    expect(await world.vault.claim("uid", "too soon")).toBe(false);
    world.now += 1;
    expect(await world.vault.claim("uid", "grant")).toBe(true);
    expect(world.ended).toEqual(["failed"]);
    expect(await world.vault.status("grant")).toBe("live");
  });

  it("does not assign a login to another grant after the consent", async () => {
    await world.connect();
    await world.vault.forget("uid");
    world.now += 60;
    expect(await world.vault.heldUser("uid")).toBeUndefined();
    expect(await world.vault.claim("uid", "another")).toBe(false);
    expect(await world.vault.status("grant")).toBe("live");
  });

  // @rule STORE-1
  it("stores no readable data", async () => {
    const credential = world.taiga.login();
    await world.vault.hold("uid", { user: ada.user, credential });
    const held = await world.kv.get(keys.heldCredential("uid"));
    await world.vault.claim("uid", "grant");
    const kept = await world.kv.get(keys.vault("grant"));
    for (const entry of [held, kept]) {
      expect(entry?.value).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(entry?.value).not.toContain(credential.refreshToken);
    }
  });
});
