import type { TaigaAccount } from "./login-backend.ts";

/** Who may use this installation: with two empty lists, every user of this Taiga. */
export interface AllowLists {
  /** User names at Taiga, in lower case. */
  users: readonly string[];
  /** Domains of e-mail addresses, in lower case; no subdomains. */
  emailDomains: readonly string[];
}

/** Whether a Taiga user may use this installation. */
export type IsAllowed = (account: TaigaAccount) => boolean;

/**
 * An account is allowed when it is on either list. An e-mail address counts only after Taiga has
 * verified it: where users register themselves, they may enter any address.
 *
 * @returns `undefined` when every user is allowed, so that callers need not ask Taiga for the account.
 */
export function createAllowList({ users, emailDomains }: AllowLists): IsAllowed | undefined {
  if (users.length === 0 && emailDomains.length === 0) return undefined;
  return ({ username, email, isEmailVerified }) =>
    users.includes(username.toLowerCase()) ||
    (isEmailVerified && emailDomains.includes(toDomain(email)));
}

const toDomain = (email: string): string => email.slice(email.lastIndexOf("@") + 1).toLowerCase();
