import { randomUUID } from "node:crypto";
import { UnavailableError } from "@taiga-mcp/service";
import { createMemoryKv } from "@taiga-mcp/store";
import { beforeEach, describe, expect, it } from "vitest";
import type { LoginOutcome } from "../../src/login/login-backend.ts";
import {
  createLimitedLogin,
  type LimitedLogin,
  TooManyLoginsError,
} from "../../src/login/limited-login.ts";
import { createStorageKeys } from "../../src/storage/keys.ts";
import { ada, toAccount } from "../interactions/browser.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";

const START = 1_790_000_000;
const OFFICE = "192.0.2.1";
const HOME = "198.51.100.7";

let now: number;
let kv: TestKv;
let isTimeStanding: boolean;
let asked: string[];
/** For how long attempts waited for their turn, in milliseconds. */
let waits: number[];
let taiga: () => Promise<LoginOutcome>;
let login: LimitedLogin;

const wrong = async (): Promise<LoginOutcome> => ({ ok: false, reason: "wrong_credentials" });
const right = async (): Promise<LoginOutcome> => ({
  ok: true,
  account: toAccount(),
  credential: ada.credential,
});

beforeEach(() => {
  now = START;
  isTimeStanding = false;
  asked = [];
  waits = [];
  taiga = wrong;
  kv = createTestKv(createMemoryKv({ clock: () => now }));
  login = createReplica();
});

const createReplica = () =>
  createLimitedLogin({
    login: {
      login: async ({ username }) => {
        asked.push(username);
        return await taiga();
      },
    },
    kv,
    keys: createStorageKeys("https://taiga.example.com/api/v1"),
    clock: () => now,
    sleep: async (ms) => {
      waits.push(ms);
      if (!isTimeStanding) now += Math.ceil(ms / 1_000);
    },
  });

/** What became of it: Taiga's answer, or for how many seconds it is refused. */
async function attempt(
  username: string,
  address = OFFICE,
  browser: string = randomUUID(),
  replica = login,
): Promise<boolean | number> {
  try {
    return (await replica.login({ username, password: "x" }, { address, browser })).ok;
  } catch (error) {
    if (!(error instanceof TooManyLoginsError)) throw error;
    return error.retryAfterSeconds;
  }
}

async function fail(times: number, username: string, address = OFFICE): Promise<void> {
  for (let i = 0; i < times; i += 1) expect(await attempt(username, address)).toBe(false);
}

describe("one account from one network", () => {
  it("is locked for 15 minutes after 5 failures in a minute, right password or not", async () => {
    for (let failure = 0; failure < 5; failure += 1) {
      now = START + failure * 14;
      await fail(1, "ada");
    }
    taiga = right;
    expect(await attempt("ada")).toBe(900);
    now += 899;
    expect(await attempt("ada")).toBe(1);
    now += 1;
    expect(await attempt("ada")).toBe(true);
    expect(asked).toHaveLength(6);
  });

  it("is not locked by 5 failures that take a minute", async () => {
    for (let failure = 0; failure < 5; failure += 1) {
      now = START + failure * 15;
      await fail(1, "ada");
    }
    taiga = right;
    expect(await attempt("ada")).toBe(true);
  });

  it("counts in any minute, not from one full minute to the next", async () => {
    await fail(1, "ada");
    now += 50;
    await fail(2, "ada");
    now += 15;
    await fail(2, "ada");
    now += 40;
    await fail(1, "ada");
    expect(await attempt("ada")).toBe(900);
  });

  it("is locked when somebody guesses slowly: after 20 failures in an hour, until there are fewer", async () => {
    for (let failure = 0; failure < 20; failure += 1) {
      await fail(1, "ada");
      now += 60;
    }
    expect(await attempt("ada")).toBe(3600 - 20 * 60);
    now += 3600 - 20 * 60;
    await fail(1, "ada");
    expect(await attempt("ada")).toBe(900);
  });

  it("locks out neither colleagues in the same network nor the owner elsewhere", async () => {
    await fail(5, "ada");
    taiga = right;
    expect(await attempt("bob")).toBe(true);
    expect(await attempt("ada", HOME)).toBe(true);
  });

  it("is the same account however its name is spelled, as it is to Taiga", async () => {
    for (const name of ["ada", "ADA", " Ada ", "ａｄａ", "ada"]) await fail(1, name);
    expect(await attempt("aDa")).toBe(900);
  });

  it("starts over when the right password came in time", async () => {
    await fail(4, "ada");
    taiga = right;
    expect(await attempt("ada")).toBe(true);
    taiga = wrong;
    await fail(5, "ada");
  });

  it("counts attempts that are made at the same time, over all replicas", async () => {
    const replicas = [login, createReplica(), createReplica()];
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, i) => attempt("ada", OFFICE, "new", replicas[i % 3])),
    );
    expect(outcomes.filter((outcome) => outcome === false)).toHaveLength(5);
    expect(asked).toHaveLength(5);
  });

  it("does not count what Taiga could not check", async () => {
    taiga = () => Promise.reject(new UnavailableError("Taiga does not answer."));
    for (let i = 0; i < 20; i += 1) await expect(attempt("ada")).rejects.toThrow(UnavailableError);
    taiga = right;
    expect(await attempt("ada")).toBe(true);
  });

  it("is stored under a hash: who tried to log in cannot be read from the store", async () => {
    await fail(1, "ada");
    expect([...kv.written.keys()].join()).not.toContain("ada");
    expect([...kv.written.keys()].join()).not.toContain(OFFICE);
  });
});

describe("one network", () => {
  const failAsMany = async (count: number, address = OFFICE) => {
    for (let i = 0; i < count; i += 1) await fail(1, `user-${asked.length}`, address);
  };

  it("is slowed down after 60 failures in 5 minutes, to two attempts in a second", async () => {
    await failAsMany(60);
    expect(now).toBe(START);
    await failAsMany(20);
    expect(now).toBe(START + 10);
  });

  it("is never locked: the right password still gets through, after a wait at most", async () => {
    await failAsMany(200);
    taiga = right;
    const before = now;
    expect(await attempt("bob")).toBe(true);
    expect(now - before).toBeLessThanOrEqual(1);
    expect(await attempt("carol", HOME)).toBe(true);
  });

  it("is as fast as ever 5 minutes later", async () => {
    await failAsMany(60);
    now += 300;
    const before = now;
    await failAsMany(3);
    expect(now).toBe(before);
  });

  it("lets many attempts at once through in turn, and asks those to come back who would wait too long", async () => {
    await failAsMany(60);
    isTimeStanding = true;
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, i) => attempt(`spray-${i}`)));
    expect(outcomes.filter((outcome) => outcome === false)).toHaveLength(41);
    expect(outcomes.filter((outcome) => outcome === 21)).toHaveLength(9);
    expect(waits.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 40 }, (_, turn) => (turn + 1) * 500),
    );
  });

  it("stays slow while it sends more than gets through: being sent away gains nothing", async () => {
    isTimeStanding = true;
    const atOnce = (name: string) =>
      Promise.all(Array.from({ length: 60 }, (_, i) => attempt(`${name}-${i}`)));
    await atOnce("first");
    await atOnce("second");
    expect(asked).toHaveLength(60 + 41);
    await atOnce("third");
    await atOnce("fourth");
    expect(asked).toHaveLength(60 + 41);
  });

  it("stays slow when some of its logins are right", async () => {
    await failAsMany(60);
    isTimeStanding = true;
    taiga = right;
    for (let login = 0; login < 20; login += 1) expect(await attempt("bob")).toBe(true);
    expect(waits).toEqual(Array.from({ length: 19 }, (_, turn) => (turn + 1) * 500));
  });

  it("of 500 people who log in at the same moment, after a flood of failures, are all in within five minutes", async () => {
    await failAsMany(60);
    isTimeStanding = true;
    taiga = right;
    let waiting = Array.from({ length: 500 }, (_, index) => `person-${index}`);
    const begin = now;
    while (waiting.length > 0) {
      const outcomes = await Promise.all(
        waiting.map(async (name) => ({ name, outcome: await attempt(name) })),
      );
      waiting = outcomes.filter(({ outcome }) => outcome !== true).map(({ name }) => name);
      now += 21;
    }
    expect(now - begin).toBeLessThanOrEqual(300);
  });

  it("is a /64 with IPv6, because its owner has all of its addresses", async () => {
    for (let i = 0; i < 60; i += 1) await fail(1, `user-${i}`, `2001:db8:0:1::${i + 1}`);
    await fail(3, "other", "2001:db8:0:2::1");
    expect(now).toBe(START);
    await fail(3, "next", "2001:db8:0:1:ffff::");
    expect(now).toBe(START + 1);
  });

  it("is one address with IPv4, also where it is written as IPv6", async () => {
    for (let i = 0; i < 60; i += 1) await fail(1, `user-${i}`, `::ffff:192.0.2.${i}`);
    await fail(3, "next", "::ffff:192.0.2.99");
    expect(now).toBe(START);
  });
});

describe("one account from all networks", () => {
  const guessFrom = async (networks: number, failures: number) => {
    for (let network = 0; network < networks; network += 1) {
      for (let failure = 0; failure < failures; failure += 1) {
        now += 15;
        await fail(1, "ada", `198.51.100.${network}`);
      }
    }
  };

  it("is locked after 100 failures in an hour, and nobody else is", async () => {
    await guessFrom(10, 10);
    expect(await attempt("ada", HOME)).toBe(2115);
    taiga = right;
    expect(await attempt("bob", HOME)).toBe(true);
    now += 2115;
    expect(await attempt("ada", HOME)).toBe(true);
  });

  it("is not locked by four networks that are at their own limit", async () => {
    await guessFrom(4, 20);
    taiga = right;
    expect(await attempt("ada", HOME)).toBe(true);
  });
});

describe("one account in a browser it has logged in with", () => {
  beforeEach(async () => {
    taiga = right;
    await attempt("ada", OFFICE, "ada's");
    taiga = wrong;
  });

  /** Made-up names, as many at once as the network gets turns. */
  const flood = async () => {
    isTimeStanding = true;
    for (let wave = 0; wave < 2; wave += 1) {
      await Promise.all(Array.from({ length: 60 }, (_, i) => attempt(`made-up-${wave}-${i}`)));
    }
    expect(await attempt("bob")).toBeGreaterThan(20);
  };

  it("gets in at once, however many others guess in the same network", async () => {
    await flood();
    waits = [];
    taiga = right;
    expect(await attempt("ada", OFFICE, "ada's")).toBe(true);
    expect(waits).toEqual([]);
  });

  it("gets in when guesses from everywhere have locked the account", async () => {
    for (let guess = 0; guess < 100; guess += 1) await fail(1, "ada", `198.51.100.${guess}`);
    taiga = right;
    expect(await attempt("ada", HOME)).toBe(3600);
    expect(await attempt("ada", HOME, "ada's")).toBe(true);
  });

  it("is locked by its own failures like a network, which lock nothing else", async () => {
    for (let failure = 0; failure < 5; failure += 1) {
      expect(await attempt("ada", OFFICE, "ada's")).toBe(false);
    }
    taiga = right;
    expect(await attempt("ada", HOME, "ada's")).toBe(900);
    expect(await attempt("ada", OFFICE)).toBe(true);
  });

  it("is not known as another account's, nor is another browser as this one's", async () => {
    await flood();
    taiga = right;
    expect(await attempt("carol", OFFICE, "ada's")).toBeGreaterThan(20);
    expect(await attempt("ada", OFFICE, "a stranger's")).toBeGreaterThan(20);
  });

  it("is known for 90 days, and nothing in the store tells whose it is", async () => {
    const names = [...kv.written.keys()].join();
    expect(names).toContain("known:");
    expect(names).not.toContain("ada");
    now += 90 * 86_400;
    await flood();
    taiga = right;
    expect(await attempt("ada", OFFICE, "ada's")).toBeGreaterThan(20);
  });

  it("is not known because it has failed", async () => {
    await fail(1, "carol");
    await flood();
    taiga = right;
    expect(await attempt("carol")).toBeGreaterThan(20);
  });
});

it("lets nobody guess while the store cannot count", async () => {
  kv.isDown = true;
  await expect(attempt("ada")).rejects.toThrow(UnavailableError);
  expect(asked).toEqual([]);
});
