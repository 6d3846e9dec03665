import { systemClock } from "@taiga-mcp/service";
import { TaigaError } from "@taiga-mcp/taiga-client";
import type { LoginBackend, TaigaAccount } from "../../src/login/login-backend.ts";
import type { ApplicationLogin } from "../../src/login/taiga-application.ts";
import { toAccountId } from "../../src/storage/key-names.ts";
import { TAIGA_API_URL } from "../support/system.ts";
import { createTaigaChains, type TaigaChains } from "../support/taiga-chains.ts";

export const PASSWORD = "correct";
/** The only code that its own pages send a browser back with. */
export const AUTH_CODE = "0f8fad5b-d9cb-469f-a165-70867728950e";
const USERS: Readonly<Record<string, number>> = { ada: 5, bob: 6 };

const toUserId = (username: string): number => USERS[username] ?? 0;

/** Who a grant is for, as introspection says it. */
export const subjectOf = (username: string): string =>
  toAccountId(TAIGA_API_URL, toUserId(username));

/** A Taiga in which ada and bob can log in, with a password or on its own pages. */
export interface PlayedTaiga extends Pick<TaigaChains, "refresh" | "presented" | "next"> {
  login: LoginBackend["login"];
  /** What the login on its own pages yields: bob's, unless a test says otherwise. */
  redeem: ApplicationLogin["redeem"];
  /** Every name that a password was checked for. */
  checked: string[];
}

const toAccount = (username: string): TaigaAccount => ({
  id: toUserId(username),
  username,
  fullName: username,
  email: `${username}@example.com`,
  isEmailVerified: true,
  isActive: true,
});

export function playTaiga(): PlayedTaiga {
  const chains = createTaigaChains(systemClock);
  const checked: string[] = [];
  return {
    // Arrays and all: a test that changes `next` changes what the chains see.
    presented: chains.presented,
    next: chains.next,
    refresh: chains.refresh,
    checked,
    login: async ({ username, password }) => {
      checked.push(username);
      if (password !== PASSWORD || !(username in USERS)) {
        return { ok: false, reason: "wrong_credentials" };
      }
      return { ok: true, account: toAccount(username), credential: chains.login() };
    },
    redeem: async (authCode, state) => {
      if (authCode !== AUTH_CODE) return { ok: false, reason: "wrong_code" };
      const userId = toUserId("bob");
      const token = { token: "application-token", state, userId, checkedAt: systemClock() };
      return {
        ok: true,
        account: toAccount("bob"),
        credential: { scheme: "Application", ...token },
      };
    },
  };
}

/** Taiga, or what is before it, does not answer now. */
export const isAway = (): never => {
  throw new TaigaError("unavailable", "Taiga does not answer");
};
