// Invariants of the authorization server's store, which must hold after any failure.
import { createSealer, type Sealer } from "../../apps/auth-server/src/secrets/seal.ts";
import type { System } from "../../apps/auth-server/test/support/system.ts";
import { systemClock } from "../../packages/service/src/index.ts";
import type { Entry, Kv } from "../../packages/store/src/index.ts";

export interface StoreNames {
  /** Every key and index name that may exist. */
  keys: Iterable<string>;
  indexes: Iterable<string>;
}

interface Stored extends Entry {
  key: string;
  kind: string;
  /** The end of the key; a grant, its limits, its credential and its index share it. */
  hash: string;
}

interface TokenRecord {
  grantId: string;
  clientId: string;
  accountId: string;
  /** Of a grant record only. */
  limits?: object;
}

/** The result of examining the whole store. */
export interface StoreReport {
  /** A description of each violated invariant. */
  faults: string[];
  /** Keys of the grants that tokens were issued for. */
  grantsInUse: string[];
  /** Kinds of all entries, such as `grant`, sorted. */
  kinds: string[];
}

/**
 * Looks for incomplete records that an outage may leave behind: tokens without a grant, grants in use
 * without credential or limits, records in no index or an index of nothing, a Taiga login with two
 * owners. A grant that was never used may be incomplete if it expires within minutes.
 */
export async function examineStore(
  kv: Kv,
  { keys: names, config, rootKeys }: Pick<System, "keys" | "config" | "rootKeys">,
  known: StoreNames,
): Promise<StoreReport> {
  const { grantTtlSeconds, newGrantTtlSeconds } = config.grants;
  const stored = new Map<string, Stored>();
  for (const key of known.keys) {
    const entry = await kv.get(key);
    if (entry === undefined) continue;
    const [kind = "", ...rest] = key.split(":");
    stored.set(key, { ...entry, key, kind, hash: rest.join(":") });
  }
  const faults: string[] = [];
  const memberships = new Map<string, string[]>();
  for (const index of known.indexes) {
    const members = await kv.members(index);
    memberships.set(index, members);
    for (const key of members) if (!stored.has(key)) faults.push(`${index} names ${key}`);
  }
  const ofKind = (...kinds: string[]): Stored[] =>
    [...stored.values()].filter(({ kind }) => kinds.includes(kind));
  const expectIn = (key: string, ...indexes: string[]): void => {
    for (const index of indexes) {
      if (!memberships.get(index)?.includes(key)) faults.push(`${key} is not in ${index}`);
    }
  };

  const issuing = new Set<string>();
  const inUse = new Set<string>();
  for (const { key, kind, value } of ofKind("at", "rt", "code")) {
    // The answer beside a refresh token is sealed.
    if (key.endsWith(":a")) continue;
    const { grantId } = JSON.parse(value) as TokenRecord;
    const grant = names.grant(grantId);
    issuing.add(grant);
    if (kind !== "code") inUse.add(grant);
    if (!stored.has(grant)) faults.push(`${key} is of no grant`);
    expectIn(key, names.grantIndex(grantId));
  }
  for (const { key, value, hash, expiresAt } of ofKind("grant")) {
    const { clientId, accountId, limits } = JSON.parse(value) as TokenRecord;
    expectIn(key, `g2t:${hash}`, names.clientGrants(clientId), names.accountGrants(accountId));
    const isComplete = limits !== undefined && stored.has(`vault:${hash}`);
    if (issuing.has(key) && !isComplete) faults.push(`${key} is in use and incomplete`);
    const ends = inUse.has(key) ? grantTtlSeconds : newGrantTtlSeconds;
    if (expiresAt > systemClock() + ends) faults.push(`${key} stays too long`);
    if (!isComplete && expiresAt > systemClock() + newGrantTtlSeconds) {
      faults.push(`${key} is incomplete and stays`);
    }
  }
  for (const { key, kind, hash } of ofKind("vault", "renew")) {
    if (!stored.has(`grant:${hash}`)) faults.push(`${kind} ${key} is of no grant`);
    expectIn(key, `g2t:${hash}`);
  }
  for (const { key, value } of ofKind("rat")) {
    const { clientId } = JSON.parse(value) as TokenRecord;
    if (!stored.has(names.client(clientId))) faults.push(`${key} is of no client`);
    expectIn(key, names.clientIndex(clientId));
  }
  faults.push(...(await findSharedLogins(ofKind("vault"), createSealer(rootKeys, "vault"))));
  return {
    faults,
    grantsInUse: [...inUse].filter((key) => stored.has(key)),
    kinds: [...stored.values()].map(({ kind }) => kind).toSorted(),
  };
}

/** Taiga's refresh tokens are single-use: two owners of one token would lose the login. */
async function findSharedLogins(vaults: readonly Stored[], sealer: Sealer): Promise<string[]> {
  const owners = new Map<string, string>();
  const faults: string[] = [];
  for (const { key, value } of vaults) {
    const login = await sealer.open(key, value);
    const { credential } = JSON.parse(login) as { credential?: { refreshToken?: string } };
    const chain = credential?.refreshToken;
    if (chain === undefined) continue;
    const owner = owners.get(chain);
    if (owner !== undefined) faults.push(`${owner} and ${key} hold one Taiga login`);
    owners.set(chain, key);
  }
  return faults;
}
