import { CodedError } from "@taiga-mcp/service";
import { setTimeout as delay } from "node:timers/promises";
import { toNetworkOf } from "../storage/network.ts";
import type { RateLimits } from "../storage/rate-limits.ts";
import type { LoginBackend, LoginOutcome } from "./login-backend.ts";

const ACCOUNT_WINDOW_SECONDS = 15 * 60;
/** Failures of one account from one network, after which the two are kept apart for a while. */
const PAIR_FAILURES = 5;
/** Failures of one account from all networks together: a guess spread over many of them. */
const ACCOUNT_FAILURES = 50;

const ADDRESS_WINDOW_SECONDS = 5 * 60;
/** Failures of one network that cost nothing: an office behind one address mistypes, too. */
const ADDRESS_FAILURES = 10;
/** Beyond those, a network gets one attempt in this time, whoever in it makes it. */
const PACE_SECONDS = 5;
/** How often an attempt waits for its turn before the user is asked to try again. */
const TURNS = 3;

/** A login that checks passwords only as often as nobody can guess one. */
export interface LimitedLogin {
  /**
   * @param address the network address it comes from.
   * @throws {TooManyLoginsError} when the password was not looked at; otherwise as `LoginBackend`.
   */
  login(
    credentials: { username: string; password: string },
    address: string,
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

export interface LimitedLoginDeps {
  login: LoginBackend;
  rateLimits: RateLimits;
  /** Epoch milliseconds. */
  now?: () => number;
  sleep?: (ms: number) => Promise<unknown>;
}

/**
 * Three limits, which count failures only:
 *
 * - one account from one network: locked. Nobody else is, neither the account's owner at home nor
 *   the colleagues in the same network;
 * - one network: slowed down, never locked, because a whole company may share one address;
 * - one account from everywhere: locked, far later, against a guess from many networks.
 *
 * Accounts count by the name as typed, known to Taiga or not, so that a lock tells nothing. An
 * attempt is counted before it is made and taken back when it does not fail, so that many at once
 * gain nothing. What is locked does not reach Taiga, whose own `login-fail` throttle sees all
 * users of this server as one address.
 */
export function createLimitedLogin(deps: LimitedLoginDeps): LimitedLogin {
  const { login, rateLimits, now = Date.now, sleep = delay } = deps;
  const limit = (name: string, windowSeconds: number, maximum: number) => ({
    maximum,
    counters: rateLimits({ name, windowSeconds, maximum }),
  });
  const pairs = limit("login-pair", ACCOUNT_WINDOW_SECONDS, PAIR_FAILURES);
  const accounts = limit("login-account", ACCOUNT_WINDOW_SECONDS, ACCOUNT_FAILURES);
  const networks = limit("login-network", ADDRESS_WINDOW_SECONDS, ADDRESS_FAILURES);
  const turns = limit("login-turn", PACE_SECONDS, 1);

  const toSeconds = (resetTime: Date | undefined): number =>
    Math.max(1, Math.ceil(((resetTime?.getTime() ?? 0) - now()) / 1_000));

  /** @returns how to take the count back. */
  async function count(
    { counters, maximum }: typeof pairs,
    key: string,
    refuse: (seconds: number) => Error,
  ): Promise<() => Promise<void>> {
    const { totalHits, resetTime } = await counters.increment(key);
    if (totalHits > maximum) throw refuse(toSeconds(resetTime));
    return async () => counters.decrement(key);
  }

  /** Waits for the network's turn when it has failed a lot. */
  async function slowDown(network: string, failures: number): Promise<void> {
    if (failures <= ADDRESS_FAILURES) return;
    let seconds = PACE_SECONDS;
    for (let waits = 0; waits < TURNS; waits += 1) {
      const { totalHits, resetTime } = await turns.counters.increment(network);
      if (totalHits === 1) return;
      seconds = toSeconds(resetTime);
      if (waits < TURNS - 1) await sleep(seconds * 1_000);
    }
    throw new TooManyLoginsError(
      "Many logins from your network have failed lately, so they are let through one by one.",
      seconds,
    );
  }

  return {
    login: async (credentials, address) => {
      const account = toAccountName(credentials.username);
      const network = toNetworkOf(address);
      const locked = (seconds: number) => new TooManyLoginsError(LOCKED, seconds);
      const takeBack = [await count(pairs, `${account} ${network}`, locked)];
      const undo = async (): Promise<void> => {
        await Promise.all(takeBack.map((step) => step()));
      };
      try {
        takeBack.push(await count(accounts, account, locked));
        const { totalHits } = await networks.counters.increment(network);
        takeBack.push(async () => networks.counters.decrement(network));
        await slowDown(network, totalHits);
        const outcome = await login.login(credentials);
        if (outcome.ok) {
          await undo();
          await pairs.counters.resetKey(`${account} ${network}`);
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

const LOCKED = "Too many logins with this name have failed.";

/** Taiga ignores the case of names; how a name is spelled in Unicode must not make it another. */
const toAccountName = (username: string): string => username.trim().normalize("NFKC").toLowerCase();
