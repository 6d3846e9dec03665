import { UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { beforeEach, describe, expect, it } from "vitest";
import { createRefreshSchedule } from "../../src/vault/refresh-schedule.ts";
import { ada } from "../support/ada.ts";
import {
  createRefreshSweeperReplica,
  type RefreshSweeperReplica,
} from "../support/refresh-sweeper-replica.ts";
import {
  createVaultWorld,
  DAY,
  GRANT_TTL,
  HOUR,
  keys,
  type VaultWorld,
} from "../support/vault-world.ts";
import { createTaigaChains, createToken, fail } from "../support/taiga-chains.ts";

const MINUTE = 60;

let world: VaultWorld;
let replica: RefreshSweeperReplica;

async function connect(grantId: string): Promise<void> {
  await replica.vault.hold(grantId, { user: ada.user, credential: world.taiga.login() });
  expect(await replica.vault.claim(grantId, grantId)).toBe(true);
}

/** Moves the clock hour by hour, with a sweep of each given replica every hour. */
async function pass(
  seconds: number,
  replicas: readonly RefreshSweeperReplica[] = [replica],
): Promise<void> {
  for (const end = world.now + seconds; world.now < end; world.now += HOUR) {
    await Promise.all(replicas.map(({ refreshSweeper }) => refreshSweeper.sweep()));
  }
}

const renewals = (): number => world.taiga.presented.length;

beforeEach(() => {
  world = createVaultWorld();
  world.taiga = createTaigaChains(world.clock, (name, end) => createToken(end, name));
  replica = createRefreshSweeperReplica(world);
});

describe("the Taiga login of an unused grant", () => {
  // @rule VAULT-6
  it("works on its 29th day, although Taiga ends it after eight", async () => {
    await connect("idle");
    await pass(29 * DAY);
    await expect(replica.vault.token("idle")).resolves.toBeDefined();
    expect(world.ended).toEqual([]);
  });

  // @rule VAULT-6
  it("would have been lost without the refresh sweeper", async () => {
    await connect("idle");
    await pass(29 * DAY, []);
    await expect(replica.vault.token("idle")).rejects.toThrow("has ended");
  });

  it("is refreshed two to three days before its end, not sooner", async () => {
    await connect("idle");
    await pass(5 * DAY);
    expect(renewals()).toBe(0);
    await pass(DAY + HOUR);
    expect(renewals()).toBe(1);
  });

  it("is rescheduled whenever its use refreshes it", async () => {
    await connect("used");
    for (let day = 0; day < 20; day += 1) {
      await pass(DAY);
      await replica.vault.token("used");
    }
    // One for each day of use: the schedule added none.
    expect(renewals()).toBe(20);
  });

  // @rule VAULT-6
  it("is not refreshed after the end of its grant, and its plan is deleted", async () => {
    await connect("idle");
    await pass(GRANT_TTL);
    const before = renewals();
    await pass(20 * DAY);
    expect(renewals()).toBe(before);
    expect(await world.kv.members(keys.renewalPlans)).toEqual([]);
  });

  it("loses its plan with a grant that is revoked", async () => {
    await connect("idle");
    await world.kv.deleteMembers(keys.grantIndex("idle"));
    expect(await world.kv.members(keys.renewalPlans)).toEqual([]);
  });
});

describe("several replicas", () => {
  // @rule VAULT-6
  it("refresh each login once, because refresh tokens are single-use", async () => {
    const replicas = [
      replica,
      createRefreshSweeperReplica(world),
      createRefreshSweeperReplica(world),
    ];
    for (let grant = 0; grant < 20; grant += 1) await connect(`grant ${grant}`);
    await pass(6 * DAY + HOUR, replicas);
    expect(renewals()).toBe(20);
    expect(new Set(world.taiga.presented).size).toBe(20);
    expect(world.ended).toEqual([]);
  });

  it("take over from a replica that died in the middle, a quarter of an hour later", async () => {
    await connect("idle");
    await pass(6 * DAY, []);
    const schedule = createRefreshSchedule({ kv: world.kv, clock: world.clock, keys });
    const [name = ""] = await schedule.due(1);
    expect(await schedule.lease(name)).toBe("idle");

    await createRefreshSweeperReplica(world).refreshSweeper.sweep();
    expect(renewals()).toBe(0);
    world.now += 15 * MINUTE;
    await createRefreshSweeperReplica(world).refreshSweeper.sweep();
    expect(renewals()).toBe(1);
  });

  // @rule STORE-3
  it("lease a plan one at a time", async () => {
    await connect("idle");
    await pass(6 * DAY, []);
    const schedule = createRefreshSchedule({ kv: world.kv, clock: world.clock, keys });
    const [name = ""] = await schedule.due(1);
    const taken = await Promise.all(Array.from({ length: 10 }, () => schedule.lease(name)));
    expect(taken.filter((grantId) => grantId !== undefined)).toEqual(["idle"]);
  });

  it("find the plan after all of them were restarted", async () => {
    await connect("idle");
    await pass(7 * DAY, []);
    await createRefreshSweeperReplica(world).refreshSweeper.sweep();
    expect(renewals()).toBe(1);
  });
});

describe("load on Taiga", () => {
  // @rule VAULT-6
  it("refreshes of logins from the same moment are spread over a day", async () => {
    for (let grant = 0; grant < 48; grant += 1) await connect(`grant ${grant}`);
    await pass(5 * DAY + 6 * HOUR);
    expect(renewals()).toBeGreaterThan(4);
    expect(renewals()).toBeLessThan(24);
    await pass(18 * HOUR + HOUR);
    expect(renewals()).toBe(48);
  });

  it("a sweep waits a second between two refreshes, and does at most 50", async () => {
    for (let grant = 0; grant < 60; grant += 1) await connect(`grant ${grant}`);
    await pass(7 * DAY, []);
    await replica.refreshSweeper.sweep();
    expect(renewals()).toBe(50);
    expect(replica.slept).toEqual(Array.from({ length: 50 }, () => 1_000));
    await replica.refreshSweeper.sweep();
    expect(renewals()).toBe(60);
  });

  it("a sweep ends after one request when Taiga does not answer, and retries later", async () => {
    for (let grant = 0; grant < 10; grant += 1) await connect(`grant ${grant}`);
    await pass(7 * DAY, []);
    world.taiga.next = [fail("unavailable", "no")];
    await replica.refreshSweeper.sweep();
    expect(renewals()).toBe(1);
    expect(world.ended).toEqual([]);
  });

  // @rule VAULT-6
  it("every login survives an outage of a day and a half", async () => {
    for (let grant = 0; grant < 5; grant += 1) await connect(`grant ${grant}`);
    await pass(6 * DAY, []);
    world.taiga.next = Array.from({ length: 36 }, () => fail("unavailable", "no"));
    await pass(2 * DAY);
    expect(world.ended).toEqual([]);
    world.now += HOUR;
    for (let grant = 0; grant < 5; grant += 1) {
      await expect(replica.vault.token(`grant ${grant}`)).resolves.toBeDefined();
    }
  });
});

describe("the refresh sweeper", () => {
  it("ends the grant of a login that Taiga refuses, once", async () => {
    await connect("idle");
    world.taiga.next = [fail("user_inactive", "no")];
    await pass(20 * DAY);
    expect(world.ended).toEqual(["idle"]);
    expect(renewals()).toBe(1);
  });

  it("works with a Taiga whose refresh tokens last a day: it refreshes in the last quarter", async () => {
    await replica.vault.hold("short", {
      user: { id: 5, username: "ada", fullName: "Ada" },
      credential: {
        scheme: "Bearer",
        token: createToken(world.now + HOUR, "access"),
        refreshToken: createToken(world.now + DAY, "refresh"),
      },
    });
    await replica.vault.claim("short", "short");
    await pass(15 * HOUR);
    expect(renewals()).toBe(0);
    await pass(4 * HOUR);
    expect(renewals()).toBe(1);
  });

  it("does not plan for a refresh token without an expiry", async () => {
    world.taiga = createTaigaChains(world.clock);
    await connect("opaque");
    expect(await world.kv.members(keys.renewalPlans)).toEqual([]);
  });

  it("does not lose a refreshed login when the next refresh could not be scheduled", async () => {
    await connect("idle");
    await pass(7 * DAY, []);
    const flaky: Kv = {
      ...world.kv,
      set: (key, value, options) =>
        key === keys.renewalPlan("idle")
          ? Promise.reject(new UnavailableError("The store does not answer."))
          : world.kv.set(key, value, options),
    };
    await createRefreshSweeperReplica(world, flaky).refreshSweeper.sweep();
    expect(renewals()).toBe(1);
    await pass(10 * DAY);
    await expect(replica.vault.token("idle")).resolves.toBeDefined();
    expect(world.ended).toEqual([]);
  });

  it("keeps the plan of a login that cannot be opened, because the master key can be corrected", async () => {
    await connect("idle");
    await pass(6 * DAY, []);
    const sealed = (await world.kv.get(keys.vault("idle")))?.value ?? "";
    await world.kv.replace(keys.vault("idle"), "unreadable");
    await replica.refreshSweeper.sweep();
    expect(renewals()).toBe(0);
    await world.kv.replace(keys.vault("idle"), sealed);
    await pass(2 * HOUR);
    expect(renewals()).toBe(1);
  });
});
