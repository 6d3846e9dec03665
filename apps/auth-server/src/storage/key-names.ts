import { hash as digest } from "node:crypto";

/** SHA-256 as base64url: how everything that grants access is named in the store and outside. */
export const hash = (text: string): string => digest("sha256", text, "base64url");

/**
 * The names of everything this service stores. Ids and tokens enter them hashed, so that a copy
 * of the store logs nobody in. All that belongs to a user also carries the Taiga the user is
 * from: pointed at another Taiga, the service finds none of it.
 */
export interface KeyNames {
  /** The root keys, of users of any Taiga. */
  ring: string;
  /** Who is retiring root keys just now. */
  retirementLock: string;
  accessToken: (token: string) => string;
  refreshToken: (token: string) => string;
  authorizationCode: (code: string) => string;
  grant: (grantId: string) => string;
  session: (id: string) => string;
  interaction: (uid: string) => string;
  /** The session a uid stands for; holds the name of the session's record. */
  sessionUid: (uid: string) => string;
  /** Taiga's credential of a user between login and consent. */
  heldCredential: (uid: string) => string;
  /** Taiga's credential of a grant. */
  vault: (grantId: string) => string;
  vaultLock: (grantId: string) => string;
  /** When the Taiga credential of a grant must be renewed. */
  renewalPlan: (grantId: string) => string;
  /** Index of all such plans. */
  renewalPlans: string;
  /** The application token that Taiga has given us for a user. */
  sharedToken: (accountId: string) => string;
  /** Index of all such tokens. */
  sharedTokens: string;
  /** Taiga's credential of a grant, from the key of the grant's record. */
  vaultOf: (grantKey: string) => string;
  /** What a browser was sent to Taiga with, by the ticket in its cookie. */
  applicationFlow: (ticket: string) => string;

  /** That an account has logged in with a browser; of the browser's secret and the account. */
  knownBrowser: (pair: string) => string;

  client: (clientId: string) => string;
  registrationAccessToken: (token: string) => string;
  /** The last good copy of a client's metadata document. */
  clientDocument: (clientId: string) => string;
  /** `jti`s of client assertions that were used (RFC 7523 §3). */
  replay: (id: string) => string;
  /** Any other kind of record the engine may keep. */
  other: (model: string, id: string) => string;

  /** How often a network address did something that is limited. */
  rateLimit: (name: string, address: string) => string;

  /** The sealed answer that a just-rotated refresh token may be given again. */
  refreshAnswer: (refreshToken: string) => string;

  /** Index of all that dies with a grant: tokens, vault record. */
  grantIndex: (grantId: string) => string;
  /** The same, from the key of the grant's record. */
  grantIndexOf: (grantKey: string) => string;
  /** The grant's name outside, hash of its id, from the key of its record. */
  gidOf: (grantKey: string) => string;
  /** Index of what a client's registration consists of. */
  clientIndex: (clientId: string) => string;
  /** Index of the grants (record keys) that a client holds, of users of any Taiga. */
  clientGrants: (clientId: string) => string;
  /** Index of the grants (record keys) that a user has given. */
  accountGrants: (accountId: string) => string;
  /** Index of a user's logins that wait for consent (record keys). */
  accountHeld: (accountId: string) => string;
}

/** @param taigaApiUrl canonical (`toTaigaApiUrl`), so that one Taiga has one name. */
export function createKeyNames(taigaApiUrl: string): KeyNames {
  const taiga = taigaNamespace(taigaApiUrl);
  const ofUser = (kind: string) => (id: string) => `${kind}:${taiga}:${hash(id)}`;
  const ofClient = (kind: string) => (id: string) => `${kind}:${hash(id)}`;
  return {
    ring: "ring",
    retirementLock: "ringlock",
    accessToken: ofUser("at"),
    refreshToken: ofUser("rt"),
    authorizationCode: ofUser("code"),
    grant: ofUser("grant"),
    session: ofUser("sess"),
    interaction: ofUser("ix"),
    sessionUid: ofUser("uid"),
    heldCredential: ofUser("held"),
    vault: ofUser("vault"),
    vaultLock: ofUser("vlock"),
    renewalPlan: ofUser("renew"),
    renewalPlans: `renewals:${taiga}`,
    sharedToken: ofUser("shared"),
    sharedTokens: `shareds:${taiga}`,
    vaultOf: (grantKey) => grantKey.replace(/^grant:/, "vault:"),
    applicationFlow: ofUser("app"),
    knownBrowser: ofUser("known"),

    client: ofClient("client"),
    registrationAccessToken: ofClient("rat"),
    clientDocument: ofClient("cimd"),
    replay: ofClient("jti"),
    other: (model, id) => `${model}:${taiga}:${hash(id)}`,

    rateLimit: (name, address) => `rl:${name}:${hash(address)}`,

    refreshAnswer: (refreshToken) => `${ofUser("rt")(refreshToken)}:a`,

    grantIndex: ofUser("g2t"),
    grantIndexOf: (grantKey) => grantKey.replace(/^grant:/, "g2t:"),
    gidOf: (grantKey) => grantKey.slice(grantKey.lastIndexOf(":") + 1),
    clientIndex: ofClient("c2r"),
    clientGrants: ofClient("c2g"),
    accountGrants: ofUser("u2g"),
    accountHeld: ofUser("u2h"),
  };
}

/** Stable and unique for one user of one Taiga: the `sub` of everything we issue. */
export const toAccountId = (taigaApiUrl: string, userId: number): string =>
  `${taigaNamespace(taigaApiUrl)}.${userId}`;

const taigaNamespace = (taigaApiUrl: string): string => hash(taigaApiUrl).slice(0, 10);
