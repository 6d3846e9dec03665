import { bestEffort, logFailure, type Logger } from "@taiga-mcp/service";
import { type Kv, LockTakenError, withLock } from "@taiga-mcp/store";
import { isDeepStrictEqual } from "node:util";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";
import type { KeyNames } from "../storage/key-names.ts";
import type { TaigaRefresh } from "./taiga-refresh.ts";
import type { CredentialStore, StoredCredential } from "./credential-store.ts";

/**
 * Longer than two refreshes, all attempts to store the result and the check of the user together,
 * so that the lock never expires while its holder works. Taiga refresh tokens are single-use: a
 * concurrent refresh would invalidate the chain.
 */
const LOCK_SECONDS = 80;
/** How long a caller waits for the holder of the lock. */
const WAIT_MS = 10_000;

export type RenewalOutcome =
  /** The credential was renewed, by this call or another one. */
  | { kind: "renewed"; credential: TaigaCredentialRecord }
  /** The renewal failed for now; the credential that was seen is still the current one. */
  | { kind: "postponed"; credential: TaigaCredentialRecord; cause: unknown }
  /** The grant has no live credential any more. */
  | { kind: "lost" };

export interface RenewalDeps {
  kv: Kv;
  credentials: CredentialStore;
  keys: Pick<KeyNames, "vaultLock">;
  taiga: TaigaRefresh;
  /** Ends the grant of a credential that Taiga has ended. */
  endGrant: (grantId: string) => Promise<void>;
  /** Revokes a token at Taiga that no grant needs; see application-token-lifecycle.ts. */
  release: (credential: TaigaCredentialRecord) => Promise<void>;
  logger: Logger;
  sleep: (ms: number) => Promise<unknown>;
}

/**
 * Renews a grant's credential, one renewal at a time over all replicas.
 *
 * @param seen the credential that the caller found too old or that Taiga rejected. When the store
 *   holds another one already, that one is the result.
 */
export type Renew = (grantId: string, seen: StoredCredential) => Promise<RenewalOutcome>;

export function createRenewal(deps: RenewalDeps): Renew {
  const { kv, credentials, keys, taiga, logger, sleep } = deps;

  return async (grantId, seen) => {
    const options = {
      ttlSeconds: LOCK_SECONDS,
      waitMs: WAIT_MS,
      whileTaken: async () => toOutcome(await credentials.read(grantId), seen),
    };
    try {
      return await withLock<RenewalOutcome>(
        { kv, logger, sleep },
        keys.vaultLock(grantId),
        options,
        () => renewLocked(grantId, seen),
      );
    } catch (error) {
      if (!(error instanceof LockTakenError)) throw error;
      return { kind: "postponed", credential: seen.credential, cause: error };
    }
  };

  async function renewLocked(grantId: string, seen: StoredCredential): Promise<RenewalOutcome> {
    const before = await credentials.read(grantId);
    const earlier = toOutcome(before, seen);
    if (before === undefined || earlier !== undefined) return earlier ?? { kind: "lost" };

    const { credential } = before;
    const answer = await taiga.renew(credential);
    if (answer.kind === "none") {
      const message = "Taiga token refresh failed; current token stays in use";
      logFailure(logger, "warn", { err: answer.cause }, message);
      return { kind: "postponed", credential, cause: answer.cause };
    }
    if (answer.kind === "refused") return await markLost(grantId, before, answer.reason);
    const isStored = await credentials.renew(grantId, answer.credential);
    if (!isStored) return { kind: "lost" };
    // For an application token, the renewal itself was a check of the user.
    return credential.scheme === "Application"
      ? { kind: "renewed", credential: answer.credential }
      : await checkUser(grantId, answer.credential);
  }

  /** When Taiga does not answer, the user stays logged in: the next renewal checks again. */
  async function checkUser(
    grantId: string,
    credential: TaigaCredentialRecord,
  ): Promise<RenewalOutcome> {
    const answer = await taiga.checkUser(credential);
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
      logger.info({ reason }, "Taiga login ended");
      // The credential is marked as lost, whether or not its grant can be ended now.
      const message = "ending the grant of a lost Taiga login failed";
      await bestEffort(() => deps.endGrant(grantId), logger, message);
      void deps.release(stored.credential);
      return { kind: "lost" };
    }
    const winner = await credentials.read(grantId);
    if (winner === undefined) return { kind: "lost" };
    if (isSame(winner, stored)) return await markLost(grantId, winner, reason);
    return { kind: "renewed", credential: winner.credential };
  }
}

/** @returns what another caller has achieved since `seen`; `undefined` when nothing has changed. */
function toOutcome(
  stored: StoredCredential | undefined,
  seen: StoredCredential,
): RenewalOutcome | undefined {
  if (stored === undefined) return { kind: "lost" };
  return isSame(stored, seen) ? undefined : { kind: "renewed", credential: stored.credential };
}

/** Compares credentials, not stored texts: those differ after a mere re-encryption, too. */
const isSame = (one: StoredCredential, other: StoredCredential): boolean =>
  isDeepStrictEqual(one.credential, other.credential);
