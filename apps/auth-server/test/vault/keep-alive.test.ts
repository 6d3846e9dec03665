import { createLogger, UnavailableError } from "@taiga-mcp/service";
import { createMemoryKv, type Kv } from "@taiga-mcp/store";
import { beforeEach, describe, expect, it } from "vitest";
import { createSealer } from "../../src/crypto/seal.ts";
import { createStorageKeys } from "../../src/storage/keys.ts";
import { createKeepAlive, type KeepAlive } from "../../src/vault/keep-alive.ts";
import { createRenewalCalendar } from "../../src/vault/renewal-calendar.ts";
import { createVault, type Vault } from "../../src/vault/vault.ts";
import { createTaigaChains, createToken, fail, type TaigaChains } from "./taiga-chains.ts";
import { createRootKeys } from "../support/root-keys.ts";

const START = 1_790_000_000;
const MINUTE = 60;
const HOUR = 3_600;
const DAY = 24 * HOUR;
const GRANT_TTL = 30 * DAY;

const keys = createStorageKeys("https://taiga.example.com/api/v1");
const seal = createSealer(createRootKeys(7), "vault");
const logger = createLogger({ name: "test", level: "silent" });
const clock = (): number => now;

let now: number;
let kv: Kv;
let taiga: TaigaChains;
let ended: string[];
let replica: Replica;

interface Replica {
  vault: Vault;
  keepAlive: KeepAlive;
  /** What it slept between renewals, in milliseconds. */
  slept: number[];
}

function createReplica(store: Kv = kv): Replica {
  const calendar = createRenewalCalendar({ kv: store, clock, keys });
  const vault = createVault({
    kv: store,
    seal,
    clock,
    refresh: (refreshToken, signal) => taiga.refresh(refreshToken, signal),
    whoIs: () => Promise.reject(new Error("Nobody asks who a password login is.")),
    sharedTokens: { note: async () => {}, release: async () => {} },
    toAccountId: (userId) => `taiga.${userId}`,
    ttlSeconds: GRANT_TTL,
    endGrant: async (grantId) => {
      ended.push(grantId);
      await kv.deleteMembers(keys.grantIndex(grantId));
    },
    keys,
    calendar,
    logger,
    sleep: () => new Promise(setImmediate),
  });
  const slept: number[] = [];
  const keepAlive = createKeepAlive({
    calendar,
    vault,
    sharedTokens: { sweep: async () => {} },
    logger,
    sleep: async (ms) => void slept.push(ms),
    random: () => 0,
  });
  return { vault, keepAlive, slept };
}

async function connect(grantId: string): Promise<void> {
  const user = { id: 5, username: "ada", fullName: "Ada Lovelace" };
  await replica.vault.hold(grantId, { user, credential: taiga.login() });
  expect(await replica.vault.keep(grantId, grantId)).toBe(true);
}

/** Time passes hour by hour; whoever is given looks at the calendar every hour. */
async function pass(seconds: number, replicas: readonly Replica[] = [replica]): Promise<void> {
  for (const end = now + seconds; now < end; now += HOUR) {
    await Promise.all(replicas.map(({ keepAlive }) => keepAlive.sweep()));
  }
}

const renewals = (): number => taiga.presented.length;

beforeEach(() => {
  now = START;
  ended = [];
  kv = createMemoryKv({ clock });
  taiga = createTaigaChains(clock, (name, expiresAt) => createToken(expiresAt, name));
  replica = createReplica();
});

describe("a login that nobody uses", () => {
  it("works on its 29th day, although Taiga ends it after eight", async () => {
    await connect("idle");
    await pass(29 * DAY);
    await expect(replica.vault.token("idle")).resolves.toBeDefined();
    expect(ended).toEqual([]);
  });

  it("would have been lost without this", async () => {
    await connect("idle");
    await pass(29 * DAY, []);
    await expect(replica.vault.token("idle")).rejects.toThrow("has ended");
  });

  it("is renewed two to three days before its end, not sooner", async () => {
    await connect("idle");
    await pass(5 * DAY);
    expect(renewals()).toBe(0);
    await pass(DAY + HOUR);
    expect(renewals()).toBe(1);
  });

  it("is planned anew whenever its use renews it", async () => {
    await connect("used");
    for (let day = 0; day < 20; day += 1) {
      await pass(DAY);
      await replica.vault.token("used");
    }
    // One for each day of use: the calendar added none.
    expect(renewals()).toBe(20);
  });

  it("is left alone from the end of its grant on, and its plan is forgotten", async () => {
    await connect("idle");
    await pass(GRANT_TTL);
    const before = renewals();
    await pass(20 * DAY);
    expect(renewals()).toBe(before);
    expect(await kv.members(keys.renewalPlans)).toEqual([]);
  });

  it("loses its plan with a grant that is revoked", async () => {
    await connect("idle");
    await kv.deleteMembers(keys.grantIndex("idle"));
    expect(await kv.members(keys.renewalPlans)).toEqual([]);
  });
});

describe("several replicas", () => {
  it("renew each login once, because a refresh token is good for one", async () => {
    const replicas = [replica, createReplica(), createReplica()];
    for (let grant = 0; grant < 20; grant += 1) await connect(`grant ${grant}`);
    await pass(6 * DAY + HOUR, replicas);
    expect(renewals()).toBe(20);
    expect(new Set(taiga.presented).size).toBe(20);
    expect(ended).toEqual([]);
  });

  it("take over from one that died in the middle, a quarter of an hour later", async () => {
    await connect("idle");
    await pass(6 * DAY, []);
    const calendar = createRenewalCalendar({ kv, clock, keys });
    const [name = ""] = await calendar.due(1);
    expect(await calendar.take(name)).toBe("idle");

    await createReplica().keepAlive.sweep();
    expect(renewals()).toBe(0);
    now += 15 * MINUTE;
    await createReplica().keepAlive.sweep();
    expect(renewals()).toBe(1);
  });

  it("take a plan one at a time", async () => {
    await connect("idle");
    await pass(6 * DAY, []);
    const calendar = createRenewalCalendar({ kv, clock, keys });
    const [name = ""] = await calendar.due(1);
    const taken = await Promise.all(Array.from({ length: 10 }, () => calendar.take(name)));
    expect(taken.filter((grantId) => grantId !== undefined)).toEqual(["idle"]);
  });

  it("find the plan after all of them were restarted", async () => {
    await connect("idle");
    await pass(7 * DAY, []);
    await createReplica().keepAlive.sweep();
    expect(renewals()).toBe(1);
  });
});

describe("Taiga is spared", () => {
  it("logins of one moment are due over a whole day", async () => {
    for (let grant = 0; grant < 48; grant += 1) await connect(`grant ${grant}`);
    await pass(5 * DAY + 6 * HOUR);
    expect(renewals()).toBeGreaterThan(4);
    expect(renewals()).toBeLessThan(24);
    await pass(18 * HOUR + HOUR);
    expect(renewals()).toBe(48);
  });

  it("waits a second between two renewals, and does 50 at most before it looks again", async () => {
    for (let grant = 0; grant < 60; grant += 1) await connect(`grant ${grant}`);
    await pass(7 * DAY, []);
    await replica.keepAlive.sweep();
    expect(renewals()).toBe(50);
    expect(replica.slept).toEqual(Array.from({ length: 50 }, () => 1_000));
    await replica.keepAlive.sweep();
    expect(renewals()).toBe(60);
  });

  it("is asked once and then not again for a while when it does not answer", async () => {
    for (let grant = 0; grant < 10; grant += 1) await connect(`grant ${grant}`);
    await pass(7 * DAY, []);
    taiga.next = [fail("unavailable", "no")];
    await replica.keepAlive.sweep();
    expect(renewals()).toBe(1);
    expect(ended).toEqual([]);
  });

  it("keeps every login over an outage of a day and a half", async () => {
    for (let grant = 0; grant < 5; grant += 1) await connect(`grant ${grant}`);
    await pass(6 * DAY, []);
    taiga.next = Array.from({ length: 36 }, () => fail("unavailable", "no"));
    await pass(2 * DAY);
    expect(ended).toEqual([]);
    now += HOUR;
    for (let grant = 0; grant < 5; grant += 1) {
      await expect(replica.vault.token(`grant ${grant}`)).resolves.toBeDefined();
    }
  });
});

describe("what may happen", () => {
  it("ends the grant of a login that Taiga refuses, once", async () => {
    await connect("idle");
    taiga.next = [fail("user_inactive", "no")];
    await pass(20 * DAY);
    expect(ended).toEqual(["idle"]);
    expect(renewals()).toBe(1);
  });

  it("suits a Taiga whose refresh tokens last a day: the last quarter is early enough", async () => {
    await replica.vault.hold("short", {
      user: { id: 5, username: "ada", fullName: "Ada" },
      credential: {
        scheme: "Bearer",
        token: createToken(now + HOUR, "access"),
        refreshToken: createToken(now + DAY, "refresh"),
      },
    });
    await replica.vault.keep("short", "short");
    await pass(15 * HOUR);
    expect(renewals()).toBe(0);
    await pass(4 * HOUR);
    expect(renewals()).toBe(1);
  });

  it("leaves a login alone whose refresh token does not say when it ends", async () => {
    taiga = createTaigaChains(clock);
    await connect("opaque");
    expect(await kv.members(keys.renewalPlans)).toEqual([]);
  });

  it("does not lose a renewed login because the next renewal could not be planned", async () => {
    await connect("idle");
    await pass(7 * DAY, []);
    const flaky: Kv = {
      ...kv,
      set: (key, value, options) =>
        key === keys.renewalPlan("idle")
          ? Promise.reject(new UnavailableError("The store does not answer."))
          : kv.set(key, value, options),
    };
    await createReplica(flaky).keepAlive.sweep();
    expect(renewals()).toBe(1);
    await pass(10 * DAY);
    await expect(replica.vault.token("idle")).resolves.toBeDefined();
    expect(ended).toEqual([]);
  });

  it("keeps the plan of a login that cannot be opened: the master key can be put right", async () => {
    await connect("idle");
    await pass(6 * DAY, []);
    const sealed = (await kv.get(keys.vault("idle")))?.value ?? "";
    await kv.replace(keys.vault("idle"), "unreadable");
    await replica.keepAlive.sweep();
    expect(renewals()).toBe(0);
    await kv.replace(keys.vault("idle"), sealed);
    await pass(2 * HOUR);
    expect(renewals()).toBe(1);
  });
});

describe("the task", () => {
  it("goes on after the store was away, and waits for a renewal before it closes", async () => {
    const steps: string[] = [];
    const waits: (() => void)[] = [];
    let finish = (): void => undefined;
    const keepAlive = createKeepAlive({
      calendar: {
        due: async () => {
          steps.push("due");
          if (steps.length === 1) throw new UnavailableError("The store does not answer.");
          return ["plan"];
        },
        take: async () => "grant",
        forget: async () => undefined,
      },
      vault: {
        renew: () =>
          new Promise((resolve) => {
            steps.push("renew");
            finish = () => {
              steps.push("renewed");
              resolve("renewed");
            };
          }),
      },
      sharedTokens: { sweep: async () => void steps.push("tokens") },
      logger,
      sleep: (_ms, signal) =>
        new Promise<void>((resolve) => {
          if (signal.aborted) return resolve();
          waits.push(resolve);
          signal.addEventListener("abort", () => resolve());
        }),
      random: () => 0.5,
    });
    const settle = () => new Promise(setImmediate);

    keepAlive.start();
    for (let wait = 0; wait < 2; wait += 1) {
      waits.shift()?.();
      await settle();
    }
    expect(steps).toEqual(["due", "due", "renew"]);
    const closed = keepAlive.close().then(() => steps.push("closed"));
    await settle();
    finish();
    await closed;
    expect(steps).toEqual(["due", "due", "renew", "renewed", "tokens", "closed"]);
  });
});
