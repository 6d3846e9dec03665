import { hash as digest } from "node:crypto";

/** SHA-256 as base64url: the storage key and public name of everything that grants access. */
export const hash = (text: string): string => digest("sha256", text, "base64url");

/**
 * The storage keys of all records. Ids and tokens are hashed in them, so that a stolen copy of the
 * store does not give access. Keys of user data also contain the user's Taiga: a service that is
 * configured for another Taiga does not find them.
 */
export interface KeyNames {
  /** The root keys; the same for every Taiga. */
  ring: string;
  /** Lock of the process that is retiring root keys. */
  retirementLock: string;
  accessToken: (token: string) => string;
  refreshToken: (token: string) => string;
  authorizationCode: (code: string) => string;
  grant: (grantId: string) => string;
  session: (id: string) => string;
  interaction: (uid: string) => string;
  /** The answer to a browser that came back from a step of an interaction, by the step's uid. */
  keptAnswer: (uid: string) => string;
  /** Lock of the request that makes this answer. */
  resumeLock: (uid: string) => string;
  /** Index of the interactions of newcomers before the login (`BoundedRecords`). */
  newcomerInteractions: string;
  /** Index of all other interactions before the login. */
  otherInteractions: string;
  /** The session of a uid; the value is the storage key of the session's record. */
  sessionUid: (uid: string) => string;
  /** A user's Taiga credential between login and consent. */
  heldCredential: (uid: string) => string;
  /** A grant's Taiga credential. */
  vault: (grantId: string) => string;
  vaultLock: (grantId: string) => string;
  /** Plan of the next renewal of a grant's Taiga credential. */
  renewalPlan: (grantId: string) => string;
  /** Index of all renewal plans. */
  renewalPlans: string;
  /** Taiga's application token of a user. */
  sharedToken: (accountId: string) => string;
  /** Index of all application tokens. */
  sharedTokens: string;
  /** The key of a grant's Taiga credential, from the key of the grant's record. */
  vaultOf: (grantKey: string) => string;
  /** A login on Taiga's pages, by the ticket in the browser's cookie. */
  applicationFlow: (ticket: string) => string;
  /** Index of these logins of one interaction. */
  interactionFlows: (uid: string) => string;
  /** What is wrong with the last form of an interaction. */
  formErrors: (uid: string) => string;
  /** A browser's session on the account pages, by the secret in its cookie. */
  accountSession: (secret: string) => string;
  /** What happened lately in the name of a user. */
  activity: (accountId: string) => string;
  /** When and from where a grant was used, from the key of the grant's record. */
  useOf: (grantKey: string) => string;

  /** The account that a user name or an e-mail address belongs to, as typed in a login. */
  loginName: (name: string) => string;
  /** A known browser of an account, by the browser's secret and the account. */
  knownBrowser: (pair: string) => string;

  client: (clientId: string) => string;
  registrationAccessToken: (token: string) => string;
  /** The last good copy of a client's metadata document. */
  clientDocument: (clientId: string) => string;
  /** A used `jti` of a client assertion (RFC 7523 §3). */
  replay: (id: string) => string;
  /** Any other kind of record of the engine. */
  other: (model: string, id: string) => string;

  /** Counter of a rate limit, for a network address. */
  rateLimit: (name: string, address: string) => string;

  /** The sealed response to a refresh token that was just rotated; a retry receives it again. */
  refreshAnswer: (refreshToken: string) => string;

  /** Index of the records that are deleted with a grant: tokens, Taiga credential. */
  grantIndex: (grantId: string) => string;
  /** The key of that index, from the key of the grant's record. */
  grantIndexOf: (grantKey: string) => string;
  /** The grant's public name (hash of its id), from the key of its record. */
  gidOf: (grantKey: string) => string;
  /** The key of a grant's record, from the grant's public name. */
  grantOf: (gid: string) => string;
  /** Index of the records of a client's registration. */
  clientIndex: (clientId: string) => string;
  /** Index of a client's grants (record keys), for every Taiga. */
  clientGrants: (clientId: string) => string;
  /** Index of all registrations that newcomers made (`BoundedRecords`). */
  newcomerClients: string;
  /** Index of all other registrations. */
  otherClients: string;
  /** Index of the copies of metadata documents that newcomers named. */
  newcomerDocuments: string;
  /** Index of all other copies. */
  otherDocuments: string;
  /** The index of a registration's records, from the key of the client's record. */
  clientIndexOf: (clientKey: string) => string;
  /** The index of a client's grants, from the key of its registration or its document. */
  clientGrantsOf: (clientKey: string) => string;
  /** Index of a user's grants (record keys). */
  accountGrants: (accountId: string) => string;
  /** Index of a user's held logins, which wait for consent (record keys). */
  accountHeld: (accountId: string) => string;
}

/** @param taigaApiUrl canonical (`toTaigaApiUrl`): each Taiga must have exactly one name. */
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
    keptAnswer: ofUser("sent"),
    resumeLock: ofUser("slock"),
    newcomerInteractions: `ixnew:${taiga}`,
    otherInteractions: `ixmore:${taiga}`,
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
    interactionFlows: ofUser("ix2app"),
    formErrors: ofUser("form"),
    accountSession: ofUser("acct"),
    activity: ofUser("act"),
    useOf: (grantKey) => grantKey.replace(/^grant:/, "use:"),
    loginName: ofUser("name"),
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
    grantOf: (gid) => `grant:${taiga}:${gid}`,
    clientIndex: ofClient("c2r"),
    clientGrants: ofClient("c2g"),
    newcomerClients: "regnew",
    otherClients: "regmore",
    newcomerDocuments: "cimdnew",
    otherDocuments: "cimdmore",
    clientIndexOf: (clientKey) => clientKey.replace(/^client:/, "c2r:"),
    clientGrantsOf: (clientKey) => clientKey.replace(/^(client|cimd):/, "c2g:"),
    accountGrants: ofUser("u2g"),
    accountHeld: ofUser("u2h"),
  };
}

/** Stable and unique for one user of one Taiga: the `sub` of all tokens. */
export const toAccountId = (taigaApiUrl: string, userId: number): string =>
  `${taigaNamespace(taigaApiUrl)}.${userId}`;

const taigaNamespace = (taigaApiUrl: string): string => hash(taigaApiUrl).slice(0, 10);
