import { createLogger, UnavailableError } from "@taiga-mcp/service";
import { createMemoryKv, type Kv } from "@taiga-mcp/store";
import { beforeEach, describe, expect, it } from "vitest";
import { createSealer } from "../../src/crypto/seal.ts";
import type {
  ApplicationCredential,
  TaigaAccount,
  TaigaCredentialRecord,
} from "../../src/login/login-backend.ts";
import { createStorageKeys, hash } from "../../src/storage/keys.ts";
import { createRenewalCalendar } from "../../src/vault/renewal-calendar.ts";
import {
  createVault,
  CredentialLostError,
  type Vault,
  type VaultDeps,
} from "../../src/vault/vault.ts";
import { createTaigaChains, createToken, fail, type TaigaChains } from "./taiga-chains.ts";
import { createRootKeys } from "../support/root-keys.ts";

const START = 1_790_000_000;
const DAY = 86_400;
const HOUR = 3_600;
const GRANT_TTL = 30 * DAY;
const LOCK_SECONDS = 80;
const ada = { id: 5, username: "ada", fullName: "Ada Lovelace" };

const toAccount = (changes: Partial<TaigaAccount> = {}): TaigaAccount => ({
  ...ada,
  email: "ada@example.com",
  isEmailVerified: true,
  isActive: true,
  ...changes,
});

const keys = createStorageKeys("https://taiga.example.com/api/v1");
const seal = createSealer(createRootKeys(7), "vault");
const logger = createLogger({ name: "test", level: "silent" });

let now: number;
let kv: Kv;
let taiga: TaigaChains;
let vault: Vault;
/** Grants that the vault has ended. */
let ended: string[];
/** What the vault must let go of at Taiga some day. */
let noted: TaigaCredentialRecord[];
/** What the vault let go of at Taiga. */
let released: TaigaCredentialRecord[];
/** Tokens that Taiga was asked the owner of. */
let asked: string[];
/** Who Taiga says that the owner is. */
let account: () => Promise<TaigaAccount>;
const clock = (): number => now;

/** Another replica, when called again: it shares the store and Taiga, nothing else. */
const createReplica = (
  overrides: Partial<Pick<VaultDeps, "kv" | "seal" | "endGrant" | "isAdmitted">> = {},
): Vault => {
  let waitedMs = 0;
  return createVault({
    kv: overrides.kv ?? kv,
    seal: overrides.seal ?? seal,
    clock,
    refresh: (refreshToken, signal) => taiga.refresh(refreshToken, signal),
    whoIs: async (credential) => {
      asked.push(credential.token);
      return await account();
    },
    isAdmitted: overrides.isAdmitted,
    sharedTokens: {
      note: async (credential) => void noted.push(credential),
      release: async (credential) => void released.push(credential),
    },
    toAccountId: (userId) => `taiga.${userId}`,
    ttlSeconds: GRANT_TTL,
    endGrant: overrides.endGrant ?? (async (grantId) => void ended.push(grantId)),
    keys,
    calendar: createRenewalCalendar({ kv: overrides.kv ?? kv, clock, keys }),
    logger,
    sleep: async (ms) => {
      waitedMs += ms;
      if (waitedMs >= 1_000) {
        now += Math.floor(waitedMs / 1_000);
        waitedMs %= 1_000;
      }
      await new Promise(setImmediate);
    },
  });
};

const connect = async (grantId = "grant"): Promise<string> => {
  const credential = taiga.login();
  await vault.hold("uid", { user: ada, credential });
  expect(await vault.keep("uid", grantId)).toBe(true);
  return credential.token;
};

beforeEach(() => {
  now = START;
  ended = [];
  noted = [];
  released = [];
  asked = [];
  account = async () => toAccount();
  kv = createMemoryKv({ clock });
  taiga = createTaigaChains(clock);
  vault = createReplica();
});

describe("between login and consent", () => {
  it("says whose login is held, so that the consent page can show it", async () => {
    const credential = taiga.login();
    await vault.hold("uid", { user: ada, credential });
    expect(await vault.holder("uid")).toEqual(ada);
    expect(noted).toEqual([credential]);
    expect(await vault.holder("another")).toBeUndefined();
  });

  it("forgets a login after 10 minutes", async () => {
    await vault.hold("uid", { user: ada, credential: taiga.login() });
    now += 600;
    expect(await vault.holder("uid")).toBeUndefined();
    expect(await vault.keep("uid", "grant")).toBe(false);
  });

  it("forgets a login that was discarded", async () => {
    await vault.hold("uid", { user: ada, credential: taiga.login() });
    await vault.discard("uid");
    expect(await vault.keep("uid", "grant")).toBe(false);
    expect(await vault.status("grant")).toBe("lost");
  });

  it("gives a login to one grant only, because a refresh chain has one owner", async () => {
    await vault.hold("uid", { user: ada, credential: taiga.login() });
    const kept = await Promise.all([vault.keep("uid", "one"), createReplica().keep("uid", "two")]);
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect([await vault.status("one"), await vault.status("two")].toSorted()).toEqual([
      "live",
      "lost",
    ]);
  });

  it("leaves a login to its user while a consent fails on its way, and ends what that one began", async () => {
    await vault.hold("uid", { user: ada, credential: taiga.login() });
    expect(await vault.keep("uid", "failed")).toBe(true);
    expect(await vault.holder("uid")).toEqual(ada);
    now += 5;
    expect(await vault.keep("uid", "too soon")).toBe(false);
    now += 1;
    expect(await vault.keep("uid", "grant")).toBe(true);
    expect(ended).toEqual(["failed"]);
    expect(await vault.status("grant")).toBe("live");
  });

  it("gives a login to nobody any more once its consent is answered", async () => {
    await connect();
    await vault.forget("uid");
    now += 60;
    expect(await vault.holder("uid")).toBeUndefined();
    expect(await vault.keep("uid", "another")).toBe(false);
    expect(await vault.status("grant")).toBe("live");
  });

  it("stores nothing readable", async () => {
    const credential = taiga.login();
    await vault.hold("uid", { user: ada, credential });
    const held = await kv.get(keys.heldCredential("uid"));
    await vault.keep("uid", "grant");
    const kept = await kv.get(keys.vault("grant"));
    for (const entry of [held, kept]) {
      expect(entry?.value).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(entry?.value).not.toContain(credential.refreshToken);
    }
  });
});

describe("token", () => {
  it("answers the login's own token without Taiga while more than 5 minutes are left", async () => {
    const token = await connect();
    now += DAY - 300;
    expect(await vault.token("grant")).toEqual({
      token,
      scheme: "Bearer",
      expiresAt: START + DAY,
    });
    expect(taiga.presented).toEqual([]);
  });

  it("renews when less than 5 minutes are left, by the token's own exp", async () => {
    await connect();
    now += DAY - 299;
    expect(await vault.token("grant")).toMatchObject({ expiresAt: now + DAY });
    expect(taiga.presented).toEqual(["refresh-1"]);
  });

  it("renews a fresh token that Taiga has just refused", async () => {
    const token = await connect();
    const renewed = await vault.token("grant", { rejected: hash(token) });
    expect(renewed.token).not.toBe(token);
  });

  it("does not renew again for a refusal of a token that is replaced already", async () => {
    const token = await connect();
    await vault.token("grant", { rejected: hash(token) });
    await vault.token("grant", { rejected: hash(token) });
    expect(taiga.presented).toHaveLength(1);
  });

  it("is lost for a grant that has no credential", async () => {
    await expect(vault.token("unknown")).rejects.toThrow(CredentialLostError);
  });

  it("keeps the end of the record when it renews, so that unused grants do end", async () => {
    await connect();
    now += DAY;
    await vault.token("grant");
    expect((await kv.get(keys.vault("grant")))?.expiresAt).toBe(START + GRANT_TTL);
  });

  it("stays alive for months when it is used, though each refresh token lasts 8 days", async () => {
    await connect();
    for (let day = 0; day < 60; day += 5) {
      now += 5 * DAY;
      await kv.touch(keys.vault("grant"), { ttlSeconds: GRANT_TTL });
      expect((await vault.token("grant")).expiresAt).toBe(now + DAY);
    }
    expect(taiga.presented).toHaveLength(12);
  });

  it("is lost after 8 idle days, and says so ever after without asking Taiga again", async () => {
    await connect();
    now += 8 * DAY;
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await vault.status("grant")).toBe("lost");
    expect(taiga.presented).toHaveLength(1);
  });

  it("dies with the grant's index", async () => {
    await connect();
    await kv.deleteMembers(keys.grantIndex("grant"));
    expect(await vault.status("grant")).toBe("lost");
  });

  it("is lost when no key opens the record, because only a new login helps", async () => {
    await connect();
    const stolen = await kv.get(keys.vault("grant"));
    await kv.set(keys.vault("other"), stolen?.value ?? "", { ttlSeconds: DAY });
    expect(await vault.status("other")).toBe("lost");
    await expect(vault.token("other")).rejects.toThrow(CredentialLostError);
  });
});

describe("single flight", () => {
  it("refreshes once for 20 parallel calls on two replicas, and all get the new token", async () => {
    await connect();
    const other = createReplica();
    taiga.next = [() => new Promise(setImmediate)];
    now += DAY - HOUR / 60;
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? vault : other).token("grant")),
    );
    expect(taiga.presented).toEqual(["refresh-1"]);
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1);
    expect(tokens[0]?.expiresAt).toBe(now + DAY);
  });

  it("gives the lock back, also after a failure", async () => {
    const token = await connect();
    taiga.next = [fail("throttled", "Request was throttled")];
    await expect(vault.token("grant", { rejected: hash(token) })).rejects.toThrow(UnavailableError);
    expect(await kv.get(keys.vaultLock("grant"))).toBeUndefined();
    await vault.token("grant", { rejected: hash(token) });
    expect(await kv.get(keys.vaultLock("grant"))).toBeUndefined();
  });

  it("recovers from a holder that died, once its lock has ended", async () => {
    const token = await connect();
    await kv.setIfAbsent(keys.vaultLock("grant"), "dead", { ttlSeconds: LOCK_SECONDS });
    await expect(vault.token("grant", { rejected: hash(token) })).rejects.toThrow(UnavailableError);
    expect(taiga.presented).toEqual([]);
    now = START + LOCK_SECONDS;
    expect((await vault.token("grant", { rejected: hash(token) })).token).not.toBe(token);
  });

  it("takes over while it waits when the dead holder's lock ends just then", async () => {
    const token = await connect();
    await kv.setIfAbsent(keys.vaultLock("grant"), "dead", { ttlSeconds: 3 });
    expect((await vault.token("grant", { rejected: hash(token) })).token).not.toBe(token);
  });

  it("serves the still valid token when the lock stays taken", async () => {
    const token = await connect();
    now += DAY - 120;
    await kv.setIfAbsent(keys.vaultLock("grant"), "slow", { ttlSeconds: LOCK_SECONDS });
    expect((await vault.token("grant")).token).toBe(token);
  });

  it("does not take away the lock of another", async () => {
    await connect();
    now += DAY;
    taiga.next = [
      async () => {
        await kv.set(keys.vaultLock("grant"), "another", { ttlSeconds: LOCK_SECONDS });
      },
    ];
    await vault.token("grant");
    expect((await kv.get(keys.vaultLock("grant")))?.value).toBe("another");
  });
});

describe("when the store changes or fails during a refresh", () => {
  it("does not bring back a grant that was revoked meanwhile", async () => {
    await connect();
    now += DAY;
    taiga.next = [() => kv.deleteMembers(keys.grantIndex("grant"))];
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await kv.get(keys.vault("grant"))).toBeUndefined();
  });

  it("does not bring back a revoked grant as a lost one either", async () => {
    await connect();
    now += 8 * DAY;
    taiga.next = [() => kv.deleteMembers(keys.grantIndex("grant"))];
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await kv.get(keys.vault("grant"))).toBeUndefined();
  });

  it("tries again to store the new pair, because Taiga has forgotten the old one", async () => {
    let failures = 3;
    const flaky: Kv = {
      ...kv,
      replace: async (...args) => {
        if (failures-- > 0) throw new UnavailableError("The store does not answer.");
        return kv.replace(...args);
      },
    };
    await connect();
    now += DAY;
    const { token } = await createReplica({ kv: flaky }).token("grant");
    expect((await vault.token("grant")).token).toBe(token);
  });

  it("goes on trying when the store is away for long, and hands out nothing older meanwhile", async () => {
    let isDown = true;
    const flaky: Kv = {
      ...kv,
      replace: async (...args) => {
        if (isDown) throw new UnavailableError("The store does not answer.");
        return kv.replace(...args);
      },
    };
    await connect();
    now += DAY;
    const replica = createReplica({ kv: flaky });
    await expect(replica.token("grant")).rejects.toThrow(UnavailableError);
    // The lock has ended, and still Taiga is not asked with the pair that is used up.
    now += 100;
    await expect(replica.token("grant")).rejects.toThrow(UnavailableError);
    isDown = false;
    const { token } = await replica.token("grant");
    expect((await vault.token("grant")).token).toBe(token);
    expect(ended).toEqual([]);
  });

  it("gives back a lock that it may have taken, because nobody could renew until its end", async () => {
    let isLost = true;
    const flaky: Kv = {
      ...kv,
      setIfAbsent: async (...args) => {
        const taken = await kv.setIfAbsent(...args);
        if (!isLost) return taken;
        isLost = false;
        throw new UnavailableError("The store does not answer.");
      },
    };
    await connect();
    now += DAY;
    await expect(createReplica({ kv: flaky }).token("grant")).rejects.toThrow(UnavailableError);
    const from = now;
    expect((await vault.token("grant")).expiresAt).toBe(from + DAY);
    expect(now).toBe(from);
  });

  it("does not lose the answer when only the lock cannot be given back", async () => {
    await connect();
    now += DAY;
    const flaky: Kv = { ...kv, compareAndDelete: () => Promise.reject(new UnavailableError("x")) };
    expect((await createReplica({ kv: flaky }).token("grant")).expiresAt).toBe(now + DAY);
  });

  it("is unavailable, not lost, when the store does not answer", async () => {
    await connect();
    await kv.close();
    await expect(vault.token("grant")).rejects.toThrow(UnavailableError);
    await expect(vault.status("grant")).rejects.toThrow(UnavailableError);
  });
});

describe("when the record is sealed anew meanwhile, because its key is being retired", () => {
  const sealAnew = async (): Promise<void> => {
    const key = keys.vault("grant");
    const { value = "" } = (await kv.get(key)) ?? {};
    await kv.replace(key, await seal.seal(key, await seal.open(key, value)));
  };

  it("is renewed at Taiga all the same", async () => {
    const token = await connect();
    now += DAY;
    const retiring: Kv = {
      ...kv,
      setIfAbsent: async (...args) => {
        await sealAnew();
        return kv.setIfAbsent(...args);
      },
    };
    expect((await createReplica({ kv: retiring }).token("grant")).token).not.toBe(token);
    expect(taiga.presented).toHaveLength(1);
  });

  it("is ended all the same when Taiga has ended it", async () => {
    await connect();
    now += 8 * DAY;
    taiga.next = [sealAnew];
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(ended).toEqual(["grant"]);
  });
});

it("is unavailable, not lost, while the key of its record cannot be read", async () => {
  await connect();
  const other = createSealer(
    {
      ...createRootKeys(8),
      refresh: () => Promise.reject(new UnavailableError("The store does not answer.")),
    },
    "vault",
  );
  const replica = createReplica({ seal: other });
  await expect(replica.status("grant")).rejects.toThrow(UnavailableError);
});

describe("what Taiga answers", () => {
  const unknown = () => fail("unavailable", "Taiga did not answer", { outcomeUnknown: true });

  it("asks again once when nobody knows whether the refresh was carried out", async () => {
    const token = await connect();
    taiga.next = [unknown()];
    expect((await vault.token("grant", { rejected: hash(token) })).token).not.toBe(token);
    expect(taiga.presented).toEqual(["refresh-1", "refresh-1"]);
  });

  it("serves the still valid token when it stays unknown", async () => {
    const token = await connect();
    now += DAY - 120;
    taiga.next = [unknown(), unknown()];
    expect((await vault.token("grant")).token).toBe(token);
    expect(taiga.presented).toHaveLength(2);
    expect(await vault.status("grant")).toBe("live");
  });

  it("ends the grant of a login that Taiga has ended, so that its client starts a new one", async () => {
    await connect();
    now += 8 * DAY;
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(ended).toEqual(["grant"]);
  });

  it("ends no grant while it is not sure: a Taiga that is down takes no login", async () => {
    await connect();
    now += DAY;
    taiga.next = [fail("unavailable", "no")];
    await expect(vault.token("grant")).rejects.toThrow(UnavailableError);
    expect(ended).toEqual([]);
  });

  it("knows that a login is lost also when its grant cannot be ended now", async () => {
    await connect();
    now += 8 * DAY;
    const endGrant = () => Promise.reject(new UnavailableError("The store does not answer."));
    const replica = createReplica({ endGrant });
    await expect(replica.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await vault.status("grant")).toBe("lost");
  });

  it("loses the login when the unknown refresh turns out to have been carried out", async () => {
    await connect();
    now += DAY;
    taiga.next = [
      (carryOut) => {
        carryOut();
        unknown()();
      },
    ];
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await vault.status("grant")).toBe("lost");
  });

  it.each(["throttled", "unavailable", "server_error", "unexpected_response", "aborted"] as const)(
    "keeps the login on %s: the old token while it lasts, then unavailable, then the new one",
    async (code) => {
      const token = await connect();
      now += DAY - 1;
      taiga.next = [fail(code, "no")];
      expect((await vault.token("grant")).token).toBe(token);
      now += 1;
      taiga.next = [fail(code, "no")];
      await expect(vault.token("grant")).rejects.toThrow(UnavailableError);
      expect(await vault.status("grant")).toBe("live");
      expect((await vault.token("grant")).expiresAt).toBe(now + DAY);
    },
  );

  it("never answers a refused token, however long it would last", async () => {
    const token = await connect();
    taiga.next = [fail("unavailable", "no")];
    await expect(vault.token("grant", { rejected: hash(token) })).rejects.toThrow(UnavailableError);
  });

  it.each(["user_inactive", "user_not_found", "token_not_valid"] as const)(
    "ends the login on %s",
    async (code) => {
      await connect();
      now += DAY;
      taiga.next = [fail(code, "no")];
      await expect(vault.token("grant")).rejects.toMatchObject({ code: "credential_lost" });
      expect(await vault.status("grant")).toBe("lost");
    },
  );

  it("looks again before it declares a login dead, because another replica may have won", async () => {
    await connect();
    now += DAY;
    const winner = { token: createToken(now + DAY, "won"), refreshToken: "won" };
    taiga.next = [
      async () => {
        // As a replica whose lock had ended would: same chain, one step ahead.
        const key = keys.vault("grant");
        await kv.replace(key, await seal.seal(key, JSON.stringify({ state: "live", ...winner })));
        fail("token_not_valid", "no")();
      },
    ];
    expect((await vault.token("grant")).token).toBe(winner.token);
    expect(await vault.status("grant")).toBe("live");
  });

  it("lets a bug through, and holds no lock after it", async () => {
    await connect();
    now += DAY;
    taiga.next = [
      () => {
        throw new TypeError("bug");
      },
    ];
    await expect(vault.token("grant")).rejects.toThrow(TypeError);
    expect(await kv.get(keys.vaultLock("grant"))).toBeUndefined();
  });

  it("is unavailable when Taiga's token does not say when it ends", async () => {
    await vault.hold("uid", {
      user: ada,
      credential: { scheme: "Bearer", token: "opaque", refreshToken: "r" },
    });
    await vault.keep("uid", "grant");
    await expect(vault.token("grant")).rejects.toThrow(UnavailableError);
  });
});

describe("the token of an application", () => {
  const connectApplication = async (): Promise<ApplicationCredential> => {
    const credential = {
      scheme: "Application",
      token: "app-token",
      state: "a-secret-state",
      userId: ada.id,
      checkedAt: now,
    } as const;
    await vault.hold("uid", { user: ada, credential });
    expect(await vault.keep("uid", "grant")).toBe(true);
    return credential;
  };
  const notAuthenticated = fail("not_authenticated", "Invalid token", { status: 401 });

  it("is handed out under its scheme, for 15 minutes after Taiga last vouched for its user", async () => {
    await connectApplication();
    now += 600;
    expect(await vault.token("grant")).toEqual({
      token: "app-token",
      scheme: "Application",
      expiresAt: START + 900,
    });
    expect(asked).toEqual([]);
  });

  it("is used again only after Taiga was asked whether its user is still active", async () => {
    await connectApplication();
    now += 601;
    expect(await vault.token("grant")).toMatchObject({ expiresAt: now + 900 });
    expect(asked).toEqual(["app-token"]);
    now += 599;
    await vault.token("grant");
    expect(asked).toHaveLength(1);
    expect(taiga.presented).toEqual([]);
  });

  it("is lost when the user is inactive, though Taiga would still take it", async () => {
    const credential = await connectApplication();
    account = async () => toAccount({ isActive: false });
    now += 900;
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(ended).toEqual(["grant"]);
    expect(released).toEqual([credential]);
  });

  it("is lost when its row at Taiga is gone, as soon as Taiga has refused it once", async () => {
    await connectApplication();
    account = async () => notAuthenticated();
    await expect(vault.token("grant", { rejected: hash("app-token") })).rejects.toThrow(
      CredentialLostError,
    );
    expect(await vault.status("grant")).toBe("lost");
    expect(ended).toEqual(["grant"]);
  });

  it("survives a refusal that Taiga does not repeat", async () => {
    await connectApplication();
    const { token } = await vault.token("grant", { rejected: hash("app-token") });
    expect([token, asked]).toEqual(["app-token", ["app-token"]]);
  });

  it.each(["unavailable", "throttled", "server_error"] as const)(
    "waits when Taiga answers %s, and is used no longer than its 15 minutes",
    async (code) => {
      await connectApplication();
      account = async () => fail(code, "no")();
      now += 700;
      expect((await vault.token("grant")).expiresAt).toBe(START + 900);
      now += 200;
      await expect(vault.token("grant")).rejects.toThrow(UnavailableError);
      account = async () => toAccount();
      expect((await vault.token("grant")).token).toBe("app-token");
    },
  );

  it("asks Taiga once for 20 parallel calls on two replicas", async () => {
    await connectApplication();
    now += 900;
    const other = createReplica();
    account = async () => {
      await new Promise(setImmediate);
      return toAccount();
    };
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? vault : other).token("grant")),
    );
    expect(asked).toHaveLength(1);
  });

  it("is not brought back by a check that ends after its revocation", async () => {
    await connectApplication();
    now += 900;
    account = async () => {
      await kv.deleteMembers(keys.grantIndex("grant"));
      return toAccount();
    };
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(await vault.status("grant")).toBe("lost");
  });

  it("keeps neither token nor state readable in the store", async () => {
    await connectApplication();
    const stored = (await kv.get(keys.vault("grant")))?.value;
    expect(stored).not.toContain("a-secret-state");
    expect(stored).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it("is let go of at Taiga when its user does not consent", async () => {
    const credential = { ...(await connectApplication()), token: "another" };
    await vault.hold("other", { user: ada, credential });
    await vault.discard("other");
    expect(released).toEqual([credential]);
  });
});

describe("an installation for some people only", () => {
  it("asks who it is at every renewal, and ends the login of whoever is not meant any more", async () => {
    const token = await connect();
    vault = createReplica({ isAdmitted: ({ username }) => username !== "ada" });
    now += DAY - 299;
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(asked).toHaveLength(1);
    expect(asked).not.toEqual([token]);
    expect(ended).toEqual(["grant"]);
  });

  it("ends the token of an application at its next check", async () => {
    const credential = {
      scheme: "Application",
      token: "t",
      state: "s",
      userId: ada.id,
      checkedAt: now,
    } as const;
    await vault.hold("uid", { user: ada, credential });
    await vault.keep("uid", "grant");
    vault = createReplica({ isAdmitted: () => false });
    now += 900;
    await expect(vault.token("grant")).rejects.toThrow(CredentialLostError);
    expect(released).toEqual([credential]);
  });

  it("holds nothing against a user about whom Taiga does not answer", async () => {
    await connect();
    vault = createReplica({ isAdmitted: () => false });
    account = async () => fail("unavailable", "no")();
    now += DAY - 299;
    expect((await vault.token("grant")).expiresAt).toBe(now + DAY);
    expect(await vault.status("grant")).toBe("live");
  });

  it("asks Taiga nothing more when everybody is meant", async () => {
    await connect();
    now += DAY - 299;
    await vault.token("grant");
    expect(asked).toEqual([]);
  });
});

it("reads logins that were stored before there were two kinds of credentials", async () => {
  const { scheme: _, ...pair } = taiga.login();
  const key = keys.vault("old");
  const sealed = await seal.seal(key, JSON.stringify({ state: "live", ...pair }));
  await kv.set(key, sealed, { ttlSeconds: DAY });
  expect(await vault.token("old")).toMatchObject({ scheme: "Bearer", token: pair.token });
});
