import { createSqliteKv } from "@taiga-mcp/store";
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import {
  createLimitedLogin,
  type LimitedLogin,
  TooManyLoginsError,
} from "../../src/login/limited-login.ts";
import type { LoginOutcome } from "../../src/login/login-backend.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { ada, toAccount } from "./ada.ts";
import { createTestKv, type TestKv } from "./stores.ts";

export const START = 1_790_000_000;
export const OFFICE = "192.0.2.1";
export const HOME = "198.51.100.7";

export const wrong = async (): Promise<LoginOutcome> => ({
  ok: false,
  reason: "wrong_credentials",
});
export const right = async (): Promise<LoginOutcome> => ({
  ok: true,
  account: toAccount(),
  credential: ada.credential,
});

/** The login limits with a store, a Taiga and a clock that tests control. */
export interface LoginWorld {
  /** Epoch seconds; waiting moves it, unless `isTimeStanding`. */
  now: number;
  isTimeStanding: boolean;
  kv: TestKv;
  /** Taiga's answer to the next login. */
  taiga: () => Promise<LoginOutcome>;
  /** The user names that Taiga was asked about. */
  asked: string[];
  /** The waits of attempts, in milliseconds. */
  waits: number[];
  /** Creates another replica that shares only the store and Taiga. */
  createReplica(): LimitedLogin;
  /** The outcome: Taiga's answer, or the seconds for which the login is refused. */
  attempt(
    username: string,
    address?: string,
    browser?: string,
    replica?: LimitedLogin,
  ): Promise<boolean | number>;
  /** Fails this many logins, and expects that each reaches Taiga. */
  fail(times: number, username: string, address?: string): Promise<void>;
}

export function createLoginWorld(): LoginWorld {
  let now = START;
  const clock = (): number => now;
  const kv = createTestKv(createSqliteKv({ file: ":memory:", clock }));
  const createReplica = (): LimitedLogin =>
    createLimitedLogin({
      login: {
        login: async ({ username }) => {
          world.asked.push(username);
          return await world.taiga();
        },
      },
      kv,
      keys: createKeyNames("https://taiga.example.com/api/v1"),
      clock,
      sleep: async (ms) => {
        world.waits.push(ms);
        if (!world.isTimeStanding) now += Math.ceil(ms / 1_000);
      },
    });
  const first = createReplica();
  const world: LoginWorld = {
    get now() {
      return now;
    },
    set now(seconds) {
      now = seconds;
    },
    isTimeStanding: false,
    kv,
    taiga: wrong,
    asked: [],
    waits: [],
    createReplica,
    attempt: async (username, address = OFFICE, browser = randomUUID(), replica = first) => {
      try {
        return (await replica.login({ username, password: "x" }, { address, browser })).ok;
      } catch (error) {
        if (!(error instanceof TooManyLoginsError)) throw error;
        return error.retryAfterSeconds;
      }
    },
    fail: async (times, username, address) => {
      for (let i = 0; i < times; i += 1) {
        expect(await world.attempt(username, address)).toBe(false);
      }
    },
  };
  return world;
}
