import type { TaigaAccount } from "./login-backend.ts";

/** Who may use this installation; everybody in Taiga when both lists are empty. */
export interface AllowLists {
  /** User names at Taiga, in lower case. */
  users: readonly string[];
  /** Domains of e-mail addresses, in lower case; no subdomains. */
  emailDomains: readonly string[];
}

/** Whether somebody whom Taiga knows may use this installation. */
export type IsAllowed = (account: TaigaAccount) => boolean;

/**
 * On either list is enough. An address counts only once Taiga has verified it: where people may
 * register themselves, they write into it what they like.
 *
 * @returns `undefined` when everybody is admitted, so that nobody need ask Taiga for it.
 */
export function createAllowList({ users, emailDomains }: AllowLists): IsAllowed | undefined {
  if (users.length === 0 && emailDomains.length === 0) return undefined;
  return ({ username, email, isEmailVerified }) =>
    users.includes(username.toLowerCase()) ||
    (isEmailVerified && emailDomains.includes(toDomain(email)));
}

const toDomain = (email: string): string => email.slice(email.lastIndexOf("@") + 1).toLowerCase();
