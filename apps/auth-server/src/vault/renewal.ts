import { type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { TaigaError } from "@taiga-mcp/taiga-client";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";
import type { StorageKeys } from "../storage/keys.ts";
import type { CredentialStore } from "./credential-store.ts";

/** The longest one refresh may take before it is given up. */
const ATTEMPT_MS = 20_000;
/**
 * Longer than two attempts and the tries to write back together, so that the lock never ends
 * under its holder: two refreshes of one chain would be the death of it.
 */
const LOCK_SECONDS = 60;
/** How long somebody who finds the lock taken waits for its holder. */
const WAIT_MS = 10_000;
const POLL_MS = 100;

/** How Taiga says that a refresh token will never be good again. */
const REFUSALS: ReadonlySet<string> = new Set([
  "token_not_valid",
  "user_inactive",
  "user_not_found",
]);

/** Asks Taiga for the pair that follows a refresh token: `POST /auth/refresh`. */
export type RefreshAtTaiga = (
  refreshToken: string,
  /** Aborts when the vault has waited long enough. */
  signal: AbortSignal,
) => Promise<{ authToken: string; refreshToken: string }>;

export type RenewalOutcome =
  /** Another pair than the one that was seen is in the store now. */
  | { kind: "renewed"; credential: TaigaCredentialRecord }
  /** It could not be renewed now; what was seen is still all there is. */
  | { kind: "postponed"; credential: TaigaCredentialRecord; cause: unknown }
  /** There is no live credential any more. */
  | { kind: "lost" };

export interface RenewalDeps {
  kv: Kv;
  credentials: CredentialStore;
  keys: Pick<StorageKeys, "vaultLock">;
  refresh: RefreshAtTaiga;
  /** Ends the grant of a credential that Taiga has ended. */
  endGrant: (grantId: string) => Promise<void>;
  logger: Logger;
  sleep: (ms: number) => Promise<unknown>;
  /** An unguessable name for each lock taken. */
  random: () => string;
}

/**
 * Renews a grant's credential, one at a time over all replicas.
 *
 * @param seenToken the access token that the caller found too old or refused: when the store
 *   holds another one already, that is the answer.
 */
export type Renew = (grantId: string, seenToken: string) => Promise<RenewalOutcome>;

export function createRenewal(deps: RenewalDeps): Renew {
  const { kv, credentials, keys, logger, sleep, random } = deps;

  return async (grantId, seenToken) => {
    const lock = keys.vaultLock(grantId);
    const owner = random();
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      if (await kv.setIfAbsent(lock, owner, { ttlSeconds: LOCK_SECONDS })) {
        try {
          return await renewAlone(grantId, seenToken);
        } finally {
          await release(lock, owner);
        }
      }
      const credential = await credentials.read(grantId);
      if (credential === undefined) return { kind: "lost" };
      if (credential.token !== seenToken) return { kind: "renewed", credential };
      if (waitedMs >= WAIT_MS) {
        return { kind: "postponed", credential, cause: new Error("The lock stayed taken.") };
      }
      await sleep(POLL_MS);
    }
  };

  async function renewAlone(grantId: string, seenToken: string): Promise<RenewalOutcome> {
    const before = await credentials.read(grantId);
    if (before === undefined) return { kind: "lost" };
    if (before.token !== seenToken) return { kind: "renewed", credential: before };

    const answer = await askTaiga(before.refreshToken);
    if (answer.kind === "none") {
      logger.warn({ err: answer.cause }, "Taiga did not renew a credential; it stays in use");
      return { kind: "postponed", credential: before, cause: answer.cause };
    }
    if (answer.kind === "pair") {
      const stored = await credentials.renew(grantId, answer.credential);
      return stored ? { kind: "renewed", credential: answer.credential } : { kind: "lost" };
    }
    if (await credentials.bury(grantId, before, answer.reason)) {
      logger.info({ reason: answer.reason }, "Taiga ended a login");
      await endGrant(grantId);
      return { kind: "lost" };
    }
    const winner = await credentials.read(grantId);
    return winner === undefined ? { kind: "lost" } : { kind: "renewed", credential: winner };
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

  type Answer =
    | { kind: "pair"; credential: TaigaCredentialRecord }
    | { kind: "refused"; reason: string }
    | { kind: "none"; cause: unknown };

  async function askTaiga(refreshToken: string): Promise<Answer> {
    const first = await attempt(refreshToken);
    // Carried out or not: only asking again can tell.
    return first.kind === "none" && first.cause.outcomeUnknown ? attempt(refreshToken) : first;
  }

  async function attempt(
    refreshToken: string,
  ): Promise<Exclude<Answer, { kind: "none" }> | { kind: "none"; cause: TaigaError }> {
    try {
      const pair = await deps.refresh(refreshToken, AbortSignal.timeout(ATTEMPT_MS));
      const credential = { token: pair.authToken, refreshToken: pair.refreshToken };
      return { kind: "pair", credential };
    } catch (error) {
      if (!(error instanceof TaigaError)) throw error;
      if (REFUSALS.has(error.code)) return { kind: "refused", reason: error.code };
      return { kind: "none", cause: error };
    }
  }

  async function release(lock: string, owner: string): Promise<void> {
    try {
      await kv.compareAndDelete(lock, owner);
    } catch (error) {
      // It ends by itself; what was done under it must not be thrown away for that.
      logger.warn({ err: error }, "a lock could not be given back");
    }
  }
}
