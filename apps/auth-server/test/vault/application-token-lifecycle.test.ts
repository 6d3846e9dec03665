import { beforeEach, describe, expect, it } from "vitest";
import { createCredentialStore, type CredentialStore } from "../../src/vault/credential-store.ts";
import { createRefreshSchedule } from "../../src/vault/refresh-schedule.ts";
import {
  createApplicationTokenLifecycle,
  type ApplicationTokenLifecycle,
} from "../../src/vault/application-token-lifecycle.ts";
import {
  createApplicationTokenRegistry,
  type ApplicationTokenRegistry,
} from "../../src/vault/application-token-registry.ts";
import { application } from "../support/ada.ts";
import {
  createVaultWorld,
  DAY,
  HOUR,
  keys,
  logger,
  seal,
  toAccountId,
  type VaultWorld,
} from "../support/vault-world.ts";
import { fail } from "../support/taiga-chains.ts";

const ACCOUNT = toAccountId(application.userId);
const ttl = { ttlSeconds: 600 };

let world: VaultWorld;
let credentials: CredentialStore;
let tokens: ApplicationTokenLifecycle;
let revoked: string[];
let taiga: () => void | Promise<void>;

/** Each call creates another replica's registry. */
const createRegistry = (): ApplicationTokenRegistry =>
  createApplicationTokenRegistry({
    kv: world.kv,
    seal,
    clock: world.clock,
    keys,
    toAccountId,
    logger,
  });

beforeEach(() => {
  world = createVaultWorld();
  const { kv, clock } = world;
  revoked = [];
  taiga = () => {};
  credentials = createCredentialStore({
    kv,
    seal,
    keys,
    schedule: createRefreshSchedule({ kv, clock, keys }),
    ttlSeconds: 600,
    clock,
    logger,
    sleep: async () => {},
  });
  tokens = createApplicationTokenLifecycle({
    kv,
    keys,
    credentials,
    registry: createRegistry(),
    toAccountId,
    revokeAtTaiga: async ({ token }) => {
      revoked.push(token);
      await taiga();
    },
    logger,
  });
});

/** Writes the records of a grant as the engine and the vault do. */
async function grant(id: string, scheme: "Application" | "Bearer" | undefined): Promise<void> {
  const indexes = [keys.grantIndex(id), keys.accountGrants(ACCOUNT)];
  await world.kv.set(keys.grant(id), "{}", { ...ttl, indexes });
  if (scheme === undefined) return;
  const login = { scheme: "Bearer", token: "t", refreshToken: "r" } as const;
  await credentials.create(id, scheme === "Bearer" ? login : application);
}

const end = (id: string): Promise<void> => world.kv.deleteMembers(keys.grantIndex(id));

describe("release", () => {
  // @rule LOGIN-12
  it("keeps the token while another grant of the user needs it: all grants of a user share one", async () => {
    await grant("one", "Application");
    await grant("two", "Application");
    await end("one");
    await tokens.release(application);
    expect(revoked).toEqual([]);
    await end("two");
    await tokens.release(application);
    expect(revoked).toEqual([application.token]);
  });

  it("revokes the token although the user has password logins", async () => {
    await grant("other", "Bearer");
    await tokens.release(application);
    expect(revoked).toHaveLength(1);
  });

  it("keeps the token while a login awaits consent, and right after the consent", async () => {
    const indexes = [keys.accountHeld(ACCOUNT)];
    await world.kv.set(keys.heldCredential("uid"), "sealed", { ...ttl, indexes });
    await tokens.release(application);
    await world.kv.delete(keys.heldCredential("uid"));
    await grant("new", undefined);
    await tokens.release(application);
    expect(revoked).toEqual([]);
  });

  it("does not affect other users' tokens", async () => {
    await grant("ada's", "Application");
    await tokens.release({ ...application, userId: 6, token: "bob's" });
    expect(revoked).toEqual(["bob's"]);
  });

  it("does nothing for a password login: Taiga cannot revoke those", async () => {
    await tokens.release({ scheme: "Bearer", token: "t", refreshToken: "r" });
    expect(revoked).toEqual([]);
  });

  it("does not fail when Taiga is down: the token is deleted here in any case", async () => {
    taiga = fail("unavailable", "Taiga is away");
    await expect(tokens.release(application)).resolves.toBeUndefined();
  });
});

describe("a token whose grants expire", () => {
  const { signal } = new AbortController();
  /** Moves the clock hour by hour, with a sweep each hour. */
  async function pass(seconds: number): Promise<void> {
    const end = world.now + seconds;
    for (; world.now < end; world.now += HOUR) await tokens.sweep(signal);
  }
  const use = (id: string, ttlSeconds: number) =>
    Promise.all(
      [keys.grant(id), keys.vault(id)].map((key) =>
        world.kv.touch(key, {
          ttlSeconds,
          indexes: [keys.grantIndex(id), keys.accountGrants(ACCOUNT)],
        }),
      ),
    );

  beforeEach(() => tokens.note(application));

  // @rule LOGIN-12
  it("is revoked within a day of the end of the last grant", async () => {
    await grant("one", "Application");
    await grant("two", "Application");
    await use("one", 5 * DAY);
    await use("two", 30 * DAY);
    await pass(30 * DAY);
    expect(revoked).toEqual([]);
    await pass(DAY + HOUR);
    expect(revoked).toEqual([application.token]);
    await pass(30 * DAY);
    expect(revoked).toHaveLength(1);
  });

  it("stays while one of the grants is used", async () => {
    await grant("one", "Application");
    for (let week = 0; week < 10; week += 1) {
      await use("one", 30 * DAY);
      await pass(7 * DAY);
    }
    expect(revoked).toEqual([]);
  });

  it("is checked and resealed once a day, so that an old key is soon no longer needed", async () => {
    await grant("one", "Application");
    await use("one", 30 * DAY);
    const [name = ""] = await world.kv.members(keys.sharedTokens);
    const before = await world.kv.get(name);
    world.now += DAY;
    await tokens.sweep(signal);
    const after = await world.kv.get(name);
    expect(after?.value).not.toBe(before?.value);
    expect(after?.expiresAt).toBe((before?.expiresAt ?? 0) + DAY);
    world.now += 23 * HOUR;
    await tokens.sweep(signal);
    expect(await world.kv.get(name)).toEqual(after);
  });

  it("is revoked when its user never answered the consent page", async () => {
    const indexes = [keys.accountHeld(ACCOUNT)];
    await world.kv.set(keys.heldCredential("uid"), "sealed", { ...ttl, indexes });
    await pass(DAY + HOUR);
    expect(revoked).toEqual([application.token]);
  });

  it("is removed from the registry when it was revoked with an ended grant", async () => {
    await grant("one", "Application");
    await end("one");
    await tokens.release(application);
    expect(await world.kv.members(keys.sharedTokens)).toEqual([]);
  });

  // @rule LOGIN-12
  it("is revoked later when Taiga was down at the end of its grant", async () => {
    taiga = fail("unavailable", "Taiga is away");
    await tokens.release(application);
    await pass(3 * DAY);
    const tries = revoked.length;
    expect(tries).toBeGreaterThan(24);
    taiga = () => {};
    await pass(2 * HOUR);
    expect(revoked).toHaveLength(tries + 1);
    expect(await world.kv.members(keys.sharedTokens)).toEqual([]);
  });

  it("ends the sweep when Taiga is down, before other tokens are tried", async () => {
    for (let userId = 6; userId < 12; userId += 1) await tokens.note({ ...application, userId });
    taiga = fail("unavailable", "Taiga is away");
    world.now += DAY;
    await tokens.sweep(signal);
    expect(revoked).toHaveLength(1);
  });

  it("is checked by one of several replicas, and by another one when that replica died", async () => {
    await grant("one", "Application");
    await use("one", 30 * DAY);
    world.now += DAY;
    const registry = createRegistry();
    const [name = ""] = await registry.due(1);
    expect(await registry.lease(name)).toMatchObject({ value: { token: application.token } });
    expect(await registry.lease(name)).toBeUndefined();
    expect(await registry.due(1)).toEqual([]);
    world.now += 15 * 60;
    expect(await registry.due(1)).toEqual([name]);
  });

  it("stays when its user has logged in again during the check", async () => {
    const anew = { ...application, token: "a newer token" };
    taiga = () => tokens.note(anew);
    await tokens.release(application);
    expect(await world.kv.members(keys.sharedTokens)).toHaveLength(1);
  });

  it("is not stored in plain text, and the token of a password login is not stored at all", async () => {
    const [name = ""] = await world.kv.members(keys.sharedTokens);
    const { value = "" } = (await world.kv.get(name)) ?? {};
    expect(value).not.toBe("");
    expect(value + name).not.toContain(application.token);
    await world.kv.delete(name);
    await tokens.note({ scheme: "Bearer", token: "t", refreshToken: "r" });
    expect(await world.kv.members(keys.sharedTokens)).toEqual([]);
  });
});

it("finds a grant's credential by the key of the grant's record", async () => {
  await grant("one", "Application");
  expect(await tokens.find(keys.grant("one"))).toEqual(application);
  expect(await tokens.find(keys.grant("two"))).toBeUndefined();
});
