import { createSqliteKv } from "@taiga-mcp/store";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLimitedLogin, TooManyLoginsError } from "../../src/login/limited-login.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { ada, toAccount } from "../support/ada.ts";
import { HOME, OFFICE, START } from "../support/login-world.ts";

const MINUTE = 60;
const HOUR = 3_600;

interface Guess {
  username: string;
  address: string;
  /** Time since the previous attempt. */
  afterSeconds: number;
}

/** A Taiga that knows one password, and a clock that only waiting moves. */
function createScene() {
  let now = START;
  /** The attempts that reached Taiga: time, account and network. */
  const asked: { username: string; address: string; at: number }[] = [];
  let address = OFFICE;
  const login = createLimitedLogin({
    login: {
      login: async ({ username, password }) => {
        asked.push({ username, address, at: now });
        return password === "right"
          ? { ok: true, account: toAccount(), credential: ada.credential }
          : { ok: false, reason: "wrong_credentials" };
      },
    },
    kv: createSqliteKv({ file: ":memory:", clock: () => now }),
    keys: createKeyNames("https://taiga.example.com/api/v1"),
    clock: () => now,
    sleep: async (ms) => {
      now += Math.ceil(ms / 1_000);
    },
  });
  return {
    asked,
    now: () => now,
    pass: (seconds: number) => {
      now += seconds;
    },
    /** @returns Taiga's answer, or the seconds for which it will not be asked. */
    attempt: async (username: string, from: string, password = "wrong") => {
      address = from;
      try {
        const source = { address: from, browser: "of a stranger" };
        return (await login.login({ username, password }, source)).ok;
      } catch (error) {
        if (!(error instanceof TooManyLoginsError)) throw error;
        return error.retryAfterSeconds;
      }
    },
  };
}

const guesses = (usernames: readonly string[], longestSeconds: number) =>
  fc.array(
    fc.record<Guess>({
      username: fc.constantFrom(...usernames),
      address: fc.constantFrom(OFFICE, OFFICE, OFFICE, "203.0.113.9", "2001:db8::1"),
      afterSeconds: fc.oneof(fc.constant(0), fc.nat(longestSeconds)),
    }),
    { minLength: 50, maxLength: 250, size: "max" },
  );

async function play(scene: ReturnType<typeof createScene>, all: readonly Guess[]): Promise<void> {
  for (const { username, address, afterSeconds } of all) {
    scene.pass(afterSeconds);
    await scene.attempt(username, address);
  }
}

const others = Array.from({ length: 200 }, (_, index) => `colleague-${index}`);

describe("failures of other accounts", () => {
  // @rule LOGIN-5
  it("never lock an account without failures, in the same network or elsewhere", async () => {
    await fc.assert(
      fc.asyncProperty(
        guesses(others, 3),
        fc.constantFrom(OFFICE, HOME, "203.0.113.9"),
        async (all, from) => {
          const scene = createScene();
          await play(scene, all);
          const before = scene.now();
          expect(await scene.attempt("ada", from, "right")).toBe(true);
          expect(scene.now() - before).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  // @rule LOGIN-5
  it("of one network lock an account in that network only", async () => {
    await fc.assert(
      fc.asyncProperty(guesses(["ada"], 200), async (all) => {
        const scene = createScene();
        await play(
          scene,
          all.map((guess) => ({ ...guess, address: OFFICE })),
        );
        expect(await scene.attempt("ada", HOME, "right")).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("guesses that reach Taiga", () => {
  /** The maximum number of these moments within any window of this many seconds. */
  const most = (times: readonly number[], seconds: number): number =>
    Math.max(
      0,
      ...times.map(
        (begin, index) => times.slice(index).filter((time) => time - begin < seconds).length,
      ),
    );

  // @rule LOGIN-4
  it("are at most 5 in any minute and 20 in any hour for an account from one network, and 100 in any hour from all", async () => {
    const networks = Array.from({ length: 8 }, (_, index) => `198.51.100.${index}`);
    const all = fc.array(
      fc.record<Guess>({
        username: fc.constant("ada"),
        address: fc.constantFrom(...networks),
        afterSeconds: fc.oneof(fc.constant(0), fc.nat(30), fc.nat(900)),
      }),
      { minLength: 100, maxLength: 400, size: "max" },
    );
    await fc.assert(
      fc.asyncProperty(all, async (attempts) => {
        const scene = createScene();
        await play(scene, attempts);
        for (const network of networks) {
          const times = scene.asked
            .filter(({ address }) => address === network)
            .map(({ at }) => at);
          expect(most(times, MINUTE)).toBeLessThanOrEqual(5);
          expect(most(times, HOUR)).toBeLessThanOrEqual(20);
        }
        const times = scene.asked.map(({ at }) => at);
        expect(most(times, HOUR)).toBeLessThanOrEqual(100);
      }),
      { numRuns: 40 },
    );
  });

  it("are blocked for 15 minutes after five failures in a minute", async () => {
    const gaps = fc.tuple(fc.nat(14), fc.nat(14), fc.nat(14), fc.nat(14));
    await fc.assert(
      fc.asyncProperty(gaps, fc.nat(899), async (seconds, later) => {
        const scene = createScene();
        await scene.attempt("ada", OFFICE);
        for (const gap of seconds) {
          scene.pass(gap);
          expect(await scene.attempt("ada", OFFICE)).toBe(false);
        }
        scene.pass(later);
        expect(await scene.attempt("ada", OFFICE, "right")).toBe(900 - later);
        scene.pass(900 - later);
        expect(await scene.attempt("ada", OFFICE, "right")).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
