import { type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { isDeepStrictEqual } from "node:util";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";
import type { KeyNames } from "../storage/key-names.ts";
import type { TaigaRefresh } from "./taiga-refresh.ts";
import type { CredentialStore, StoredCredential } from "./credential-store.ts";

/**
 * Longer than two refreshes, the tries to write back and the question who the user is together, so that the lock never ends
 * under its holder: two refreshes of one chain would be the death of it.
 */
const LOCK_SECONDS = 80;
/** How long somebody who finds the lock taken waits for its holder. */
const WAIT_MS = 10_000;
const POLL_MS = 100;

export type RenewalOutcome =
  /** Taiga has vouched for it since the seen one was stored. */
  | { kind: "renewed"; credential: TaigaCredentialRecord }
  /** It could not be renewed now; what was seen is still all there is. */
  | { kind: "postponed"; credential: TaigaCredentialRecord; cause: unknown }
  /** There is no live credential any more. */
  | { kind: "lost" };

export interface RenewalDeps {
  kv: Kv;
  credentials: CredentialStore;
  keys: Pick<KeyNames, "vaultLock">;
  taiga: TaigaRefresh;
  /** Ends the grant of a credential that Taiga has ended. */
  endGrant: (grantId: string) => Promise<void>;
  /** Takes back at Taiga what no grant needs any more; see application-token-lifecycle.ts. */
  release: (credential: TaigaCredentialRecord) => Promise<void>;
  logger: Logger;
  sleep: (ms: number) => Promise<unknown>;
  /** An unguessable name for each lock taken. */
  random: () => string;
}

/**
 * Renews a grant's credential, one at a time over all replicas.
 *
 * @param seen what the caller found too old or refused: when the store holds something else
 *   already, that is the answer.
 */
export type Renew = (grantId: string, seen: StoredCredential) => Promise<RenewalOutcome>;

export function createRenewal(deps: RenewalDeps): Renew {
  const { kv, credentials, keys, taiga, logger, sleep, random } = deps;

  return async (grantId, seen) => {
    const lock = keys.vaultLock(grantId);
    const owner = random();
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      if (await takeLock(lock, owner)) {
        try {
          return await renewAlone(grantId, seen);
        } finally {
          await unlock(lock, owner);
        }
      }
      const stored = await credentials.read(grantId);
      if (stored === undefined) return { kind: "lost" };
      const { credential } = stored;
      if (!isSame(stored, seen)) return { kind: "renewed", credential };
      if (waitedMs >= WAIT_MS) {
        return { kind: "postponed", credential, cause: new Error("The lock stayed taken.") };
      }
      await sleep(POLL_MS);
    }
  };

  async function renewAlone(grantId: string, seen: StoredCredential): Promise<RenewalOutcome> {
    const before = await credentials.read(grantId);
    if (before === undefined) return { kind: "lost" };
    const { credential } = before;
    if (!isSame(before, seen)) return { kind: "renewed", credential };

    const answer = await taiga.renew(credential);
    if (answer.kind === "none") {
      logger.warn({ err: answer.cause }, "Taiga did not renew a credential; it stays in use");
      return { kind: "postponed", credential, cause: answer.cause };
    }
    if (answer.kind === "refused") return await markLost(grantId, before, answer.reason);
    const isStored = await credentials.renew(grantId, answer.credential);
    if (!isStored) return { kind: "lost" };
    // Taiga vouches for an application's user at each renewal; for a login it must be asked.
    return credential.scheme === "Application"
      ? { kind: "renewed", credential: answer.credential }
      : await admit(grantId, answer.credential);
  }

  /** No answer is none against the user: the next renewal asks again. */
  async function admit(
    grantId: string,
    credential: TaigaCredentialRecord,
  ): Promise<RenewalOutcome> {
    const answer = await taiga.admit(credential);
    if (answer.kind !== "refused") return { kind: "renewed", credential };
    const stored = await credentials.read(grantId);
    return stored === undefined ? { kind: "lost" } : await markLost(grantId, stored, answer.reason);
  }

  async function markLost(
    grantId: string,
    stored: StoredCredential,
    reason: string,
  ): Promise<RenewalOutcome> {
    if (await credentials.markLost(grantId, stored, reason)) {
      logger.info({ reason }, "a login at Taiga is over");
      await endGrant(grantId);
      void deps.release(stored.credential);
      return { kind: "lost" };
    }
    const winner = await credentials.read(grantId);
    if (winner === undefined) return { kind: "lost" };
    if (isSame(winner, stored)) return await markLost(grantId, winner, reason);
    return { kind: "renewed", credential: winner.credential };
  }

  /** The credential is known to be lost by now, whatever comes of this. */
  async function endGrant(grantId: string): Promise<void> {
    try {
      await deps.endGrant(grantId);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      logger.warn({ err: error }, "a grant whose login is lost could not be ended");
    }
  }

  /** A lock that may have been taken without an answer would keep everybody waiting until its end. */
  async function takeLock(lock: string, owner: string): Promise<boolean> {
    try {
      return await kv.setIfAbsent(lock, owner, { ttlSeconds: LOCK_SECONDS });
    } catch (error) {
      await unlock(lock, owner);
      throw error;
    }
  }

  async function unlock(lock: string, owner: string): Promise<void> {
    try {
      await kv.compareAndDelete(lock, owner);
    } catch (error) {
      // It ends by itself; what was done under it must not be thrown away for that.
      logger.warn({ err: error }, "a lock could not be given back");
    }
  }
}

/** The stored text is another one also when the record was only sealed anew, with another key. */
const isSame = (one: StoredCredential, other: StoredCredential): boolean =>
  isDeepStrictEqual(one.credential, other.credential);
