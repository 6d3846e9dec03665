import { CodedError, toNetworkOf } from "@taiga-mcp/service";
import { setTimeout as delay } from "node:timers/promises";
import {
  createFailureCounter,
  type FailureCounter,
  type FailureCounterDeps,
} from "./failure-counter.ts";
import type { LoginBackend, LoginOutcome } from "./login-backend.ts";
import { createDeviceCookies, type DeviceCookiesDeps } from "./device-cookies.ts";
import { createLoginNames, type LoginNamesDeps } from "./login-names.ts";
import { lockedUntil, type LockRule, LOGIN_LIMITS } from "./login-limits.ts";
import { createNetworkThrottle } from "./network-throttle.ts";

/** Origin of a login attempt. */
export interface LoginSource {
  /** The network address. */
  address: string;
  /** The secret in the browser's cookie; after a successful login, the browser is known by it. */
  browser: string;
}

/** A login with limits on failed attempts, against password guessing. */
export interface LimitedLogin {
  /**
   * @throws {TooManyLoginsError} when the password was not checked; otherwise as `LoginBackend`.
   */
  login(
    credentials: { username: string; password: string },
    source: LoginSource,
  ): Promise<LimitedOutcome>;
}

/** `isLastTry`: this failure was the last but one before a lock. */
export type LimitedOutcome =
  | Extract<LoginOutcome, { ok: true }>
  | (Extract<LoginOutcome, { ok: false }> & { isLastTry: boolean });

/** Too many recent failures. The message says for which limit, never whether the account exists. */
export class TooManyLoginsError extends CodedError<"too_many_logins"> {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super("too_many_logins", message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface LimitedLoginDeps extends FailureCounterDeps {
  keys: FailureCounterDeps["keys"] & DeviceCookiesDeps["keys"] & LoginNamesDeps["keys"];
  login: LoginBackend;
  sleep?: (ms: number) => Promise<unknown>;
}

/**
 * The limits of login-limits.ts around a login. They count failures only:
 *
 * - One account from one network: locked. The account's owner in another network and other users of
 *   the same network are not affected.
 * - One network: slowed down, never locked, because a whole company may share one address.
 * - One account from all networks: locked, at a much higher count, against guessing from many networks.
 * - One account in a browser it has logged in with before: has its own limit, like a network, and is
 *   exempt from the others. However many attackers guess, the owner can log in with this browser.
 *
 * Accounts are counted by the name as typed, whether or not it exists, so that a lock reveals
 * nothing; names of one account together, as far as logins have shown which they are. An attempt is counted before it is made, and the count is taken back when it succeeds, so
 * that concurrent attempts do not escape the limit.
 */
export function createLimitedLogin(deps: LimitedLoginDeps): LimitedLogin {
  const { login, clock, sleep = delay } = deps;
  const toCounter = (name: string, rules: readonly LockRule[]): FailureCounter =>
    createFailureCounter(deps, {
      name,
      // Twice the limit: when a failure is taken back, an older one must still be there.
      kept: 2 * Math.max(...rules.map(({ failures }) => failures)),
      keptSeconds: Math.max(...rules.map((rule) => rule.withinSeconds + rule.lockSeconds)),
    });
  const pairs = toCounter("pair-failures", LOGIN_LIMITS.pair);
  const accounts = toCounter("account-failures", LOGIN_LIMITS.account);
  const slow = { ...LOGIN_LIMITS.network, lockSeconds: 0 };
  const networks = toCounter("network-failures", [slow]);
  const throttle = createNetworkThrottle(deps);
  const deviceCookies = createDeviceCookies(deps);
  const names = createLoginNames(deps);

  /** @returns a function that takes the count back, and whether one more failure locks. */
  async function count(
    counter: FailureCounter,
    subject: string,
    rules: readonly LockRule[],
  ): Promise<{ takeBack: () => Promise<void>; isLastTry: boolean }> {
    const now = clock();
    const { failures, takeBack } = await counter.add(
      subject,
      (times) => lockedUntil(times, rules) > now,
    );
    if (takeBack !== undefined) {
      const isLocked = (times: readonly number[]) => lockedUntil(times, rules) > now;
      const withThis = [...failures, now];
      return { takeBack, isLastTry: !isLocked(withThis) && isLocked([...withThis, now]) };
    }
    throw new TooManyLoginsError(
      "Too many failed logins with this user name.",
      lockedUntil(failures, rules) - now,
    );
  }

  /** Waits for the network's next turn if it has many failures. */
  async function waitForTurn(network: string, failures: readonly number[]): Promise<void> {
    if (lockedUntil(failures, [slow]) <= clock()) return;
    const waitSeconds = await throttle.book(network);
    if (waitSeconds > LOGIN_LIMITS.longestWaitSeconds) {
      throw new TooManyLoginsError(
        "Too many logins are coming from your network, so they are processed one at a time.",
        Math.ceil(waitSeconds),
      );
    }
    if (waitSeconds > 0) await sleep(waitSeconds * 1_000);
  }

  return {
    login: async (credentials, { address, browser }) => {
      const account = await names.toSubject(credentials.username);
      const network = toNetworkOf(address);
      const isKnown = await deviceCookies.isKnown(account, browser);
      const pair = `${account} ${isKnown ? browser : network}`;
      const ofPair = await count(pairs, pair, LOGIN_LIMITS.pair);
      const takeBack = [ofPair.takeBack];
      const undo = async (): Promise<void> => {
        await Promise.all(takeBack.map((step) => step()));
      };
      try {
        if (!isKnown) {
          takeBack.push((await count(accounts, account, LOGIN_LIMITS.account)).takeBack);
          const counted = await networks.add(network, () => false);
          // A rejected attempt stays counted: slowing down many concurrent attempts is the purpose.
          await waitForTurn(network, counted.failures);
          if (counted.takeBack !== undefined) takeBack.push(counted.takeBack);
        }
        const outcome = await login.login(credentials);
        if (outcome.ok) {
          const learned = await names.learn(credentials.username, outcome.account);
          await deviceCookies.remember(learned, browser);
          await undo();
          await pairs.forget(pair);
        }
        return outcome.ok ? outcome : { ...outcome, isLastTry: ofPair.isLastTry };
      } catch (error) {
        // The password was not checked, so this was not a guess.
        await undo();
        throw error;
      }
    },
  };
}
