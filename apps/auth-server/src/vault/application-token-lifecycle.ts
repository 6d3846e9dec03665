import { type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { TaigaError } from "@taiga-mcp/taiga-client";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";
import type { KeyNames } from "../storage/key-names.ts";
import type { CredentialStore } from "./credential-store.ts";
import type { ApplicationToken, ApplicationTokenRegistry } from "./application-token-registry.ts";

/** Maximum number of tokens that one sweep checks. */
const BATCH = 50;

/** Deletes the user's row of our application at Taiga, which invalidates its token. */
export type RevokeAtTaiga = (token: ApplicationToken) => Promise<void>;

export interface ApplicationTokenLifecycleDeps {
  kv: Pick<Kv, "get" | "members">;
  keys: Pick<KeyNames, "accountGrants" | "accountHeld" | "vaultOf">;
  credentials: Pick<CredentialStore, "readAt">;
  registry: ApplicationTokenRegistry;
  toAccountId: (userId: number) => string;
  revokeAtTaiga: RevokeAtTaiga;
  logger: Logger;
}

/**
 * Tokens of Taiga's external-application flow. All grants of a user share one token, so it may be
 * revoked only when the last of them has ended.
 */
export interface ApplicationTokenLifecycle {
  /** Registers the credential of a new login, so that it is revoked even if its grant just expires. */
  note(credential: TaigaCredentialRecord): Promise<void>;
  /**
   * The credential of a grant that is about to end.
   * @param grantKey storage key of the grant's record.
   */
  find(grantKey: string): Promise<TaigaCredentialRecord | undefined>;
  /**
   * Revokes a token at Taiga after its grant or held login has ended, unless another grant or login
   * of the user needs it. Never rejects: a token that could not be revoked is checked again within
   * a day.
   */
  release(credential: TaigaCredentialRecord): Promise<void>;
  /**
   * Checks the tokens that are due and revokes those whose grants and logins have all ended,
   * including the expired ones. Stops when Taiga or the store does not answer.
   */
  sweep(signal: AbortSignal): Promise<void>;
}

export function createApplicationTokenLifecycle(
  deps: ApplicationTokenLifecycleDeps,
): ApplicationTokenLifecycle {
  const { kv, keys, credentials, registry, toAccountId, revokeAtTaiga, logger } = deps;

  async function isNeeded({ userId }: ApplicationToken): Promise<boolean> {
    const accountId = toAccountId(userId);
    for (const heldKey of await kv.members(keys.accountHeld(accountId))) {
      if ((await kv.get(heldKey)) !== undefined) return true;
    }
    for (const grantKey of await kv.members(keys.accountGrants(accountId))) {
      if ((await kv.get(grantKey)) === undefined) continue;
      const stored = await credentials.readAt(keys.vaultOf(grantKey));
      // A grant without a credential may be about to receive this one.
      if (stored?.credential.scheme !== "Bearer") return true;
    }
    return false;
  }

  /** Revokes a token unless it is needed. @returns `unknown` when Taiga or the store does not answer. */
  async function settle(token: ApplicationToken): Promise<"needed" | "revoked" | "unknown"> {
    try {
      if (await isNeeded(token)) return "needed";
      await revokeAtTaiga(token);
      await registry.remove(token);
      return "revoked";
    } catch (error) {
      const isOutage = error instanceof TaigaError || error instanceof UnavailableError;
      logger[isOutage ? "warn" : "error"](
        { err: error },
        "Taiga application token revocation failed; will retry",
      );
      return "unknown";
    }
  }

  return {
    note: async (credential) => {
      if (credential.scheme === "Application") await registry.add(credential);
    },

    find: async (grantKey) => (await credentials.readAt(keys.vaultOf(grantKey)))?.credential,

    release: async (credential) => {
      if (credential.scheme === "Application") await settle(credential);
    },

    sweep: async (signal) => {
      for (const name of await registry.due(BATCH)) {
        if (signal.aborted) return;
        const entry = await registry.lease(name);
        if (entry === undefined) continue;
        const outcome = await settle(entry.value);
        if (outcome === "needed") await registry.reschedule(entry);
        // The lease ends in 15 minutes: this token is due again then, and the others still are.
        if (outcome === "unknown") return;
      }
    },
  };
}
