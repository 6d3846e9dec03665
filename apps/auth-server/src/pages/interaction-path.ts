/** The page on which users see what their clients may do. */
export const ACCOUNT_PATH = "/account";

/** Begins the id of a login to the account pages; ids of the engine contain no dot. */
const ACCOUNT_LOGIN = "account.";

/** The id of a login to the account pages, for the steps that interactions have, too. */
export const toAccountLoginUid = (browser: string): string => `${ACCOUNT_LOGIN}${browser}`;

/**
 * Path of the page that a login is for. Its forms post below it, and the engine's cookies are scoped
 * to it.
 */
export const toBasePath = (uid: unknown): string =>
  String(uid).startsWith(ACCOUNT_LOGIN)
    ? ACCOUNT_PATH
    : `/interaction/${encodeURIComponent(String(uid))}`;

/** Path of the login page of an interaction, also after a login. */
export const toOtherAccountPath = (uid: string): string => `${toBasePath(uid)}?account=other`;
