import { CodedError } from "@taiga-mcp/service";
import { setTimeout as delay } from "node:timers/promises";
import { toNetworkOf } from "../storage/network.ts";
import {
  createFailureCounter,
  type FailureCounter,
  type FailureCounterDeps,
} from "./failure-counter.ts";
import type { LoginBackend, LoginOutcome } from "./login-backend.ts";
import { createDeviceCookies, type DeviceCookiesDeps } from "./device-cookies.ts";
import { lockedUntil, type LockRule, LOGIN_LIMITS } from "./login-limits.ts";
import { createNetworkThrottle } from "./network-throttle.ts";

/** Where a login comes from. */
export interface LoginSource {
  /** The network address. */
  address: string;
  /** The secret in the browser's cookie; it is known from then on when the login succeeds. */
  browser: string;
}

/** A login that checks passwords only as often as nobody can guess one. */
export interface LimitedLogin {
  /**
   * @throws {TooManyLoginsError} when the password was not looked at; otherwise as `LoginBackend`.
   */
  login(
    credentials: { username: string; password: string },
    source: LoginSource,
  ): Promise<LoginOutcome>;
}

/** There were too many failures lately; the message says for whom, and never whether they exist. */
export class TooManyLoginsError extends CodedError<"too_many_logins"> {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super("too_many_logins", message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface LimitedLoginDeps extends FailureCounterDeps {
  keys: FailureCounterDeps["keys"] & DeviceCookiesDeps["keys"];
  login: LoginBackend;
  sleep?: (ms: number) => Promise<unknown>;
}

/**
 * The limits of login-limits.ts around a login. They count failures only:
 *
 * - one account from one network: locked. Nobody else is, neither the account's owner at home nor
 *   the colleagues in the same network;
 * - one network: slowed down, never locked, because a whole company may share one address;
 * - one account from everywhere: locked, far later, against a guess from many networks;
 * - one account in a browser it has logged in with before: locked by itself like a network, and by
 *   nothing else. However many guess, in its network or anywhere, its owner can log in there.
 *
 * Accounts count by the name as typed, known to Taiga or not, so that a lock tells nothing. An
 * attempt is counted before it is made and taken back when it does not fail, so that many at once
 * gain nothing.
 */
export function createLimitedLogin(deps: LimitedLoginDeps): LimitedLogin {
  const { login, clock, sleep = delay } = deps;
  const toCounter = (name: string, rules: readonly LockRule[]): FailureCounter =>
    createFailureCounter(deps, {
      name,
      // Twice what counts: one that is taken back must not uncover that an older one was dropped.
      kept: 2 * Math.max(...rules.map(({ failures }) => failures)),
      keptSeconds: Math.max(...rules.map((rule) => rule.withinSeconds + rule.lockSeconds)),
    });
  const pairs = toCounter("pair-failures", LOGIN_LIMITS.pair);
  const accounts = toCounter("account-failures", LOGIN_LIMITS.account);
  const slow = { ...LOGIN_LIMITS.network, lockSeconds: 0 };
  const networks = toCounter("network-failures", [slow]);
  const throttle = createNetworkThrottle(deps);
  const deviceCookies = createDeviceCookies(deps);

  /** @returns how to take the count back. */
  async function count(
    counter: FailureCounter,
    who: string,
    rules: readonly LockRule[],
  ): Promise<() => Promise<void>> {
    const now = clock();
    const { failures, takeBack } = await counter.add(
      who,
      (times) => lockedUntil(times, rules) > now,
    );
    if (takeBack !== undefined) return takeBack;
    throw new TooManyLoginsError(
      "Too many logins with this name have failed.",
      lockedUntil(failures, rules) - now,
    );
  }

  /** Waits for the network's turn when it has failed a lot. */
  async function waitForTurn(network: string, failures: readonly number[]): Promise<void> {
    if (lockedUntil(failures, [slow]) <= clock()) return;
    const waitSeconds = await throttle.book(network);
    if (waitSeconds > LOGIN_LIMITS.longestWaitSeconds) {
      throw new TooManyLoginsError(
        "There are many logins from your network just now, so they are let through one by one.",
        Math.ceil(waitSeconds),
      );
    }
    if (waitSeconds > 0) await sleep(waitSeconds * 1_000);
  }

  return {
    login: async (credentials, { address, browser }) => {
      const account = toAccountName(credentials.username);
      const network = toNetworkOf(address);
      const isKnown = await deviceCookies.isKnown(account, browser);
      const pair = `${account} ${isKnown ? browser : network}`;
      const takeBack = [await count(pairs, pair, LOGIN_LIMITS.pair)];
      const undo = async (): Promise<void> => {
        await Promise.all(takeBack.map((step) => step()));
      };
      try {
        if (!isKnown) {
          takeBack.push(await count(accounts, account, LOGIN_LIMITS.account));
          const counted = await networks.add(network, () => false);
          // One that is sent away stays counted: so many at once are what is to be slowed down.
          await waitForTurn(network, counted.failures);
          if (counted.takeBack !== undefined) takeBack.push(counted.takeBack);
        }
        const outcome = await login.login(credentials);
        if (outcome.ok) {
          await deviceCookies.remember(account, browser);
          await undo();
          await pairs.forget(pair);
        }
        return outcome;
      } catch (error) {
        // The password was not checked, so nothing was learnt about it.
        await undo();
        throw error;
      }
    },
  };
}

/** Taiga ignores the case of names; how a name is spelled in Unicode must not make it another. */
const toAccountName = (username: string): string => username.trim().normalize("NFKC").toLowerCase();
