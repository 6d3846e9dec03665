import { type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { TaigaError } from "@taiga-mcp/taiga-client";
import type { ApplicationCredential, TaigaCredentialRecord } from "../login/login-backend.ts";
import type { StorageKeys } from "../storage/keys.ts";
import type { CredentialStore } from "./credential-store.ts";

/** Deletes the user's row of our application at Taiga, which ends its token. */
export type RevokeAtTaiga = (credential: ApplicationCredential) => Promise<void>;

export interface SharedTokensDeps {
  kv: Pick<Kv, "get" | "members">;
  keys: Pick<StorageKeys, "accountGrants" | "accountHeld" | "vaultOf">;
  credentials: Pick<CredentialStore, "readAt">;
  toAccountId: (userId: number) => string;
  revokeAtTaiga: RevokeAtTaiga;
  logger: Logger;
}

/**
 * Tokens of Taiga's external-application flow: all grants of a user share one, so that it may be
 * taken back only with the last of them.
 */
export interface SharedTokens {
  /** The credential of a grant that is about to end, by the key of the grant's record. */
  find(grantKey: string): Promise<TaigaCredentialRecord | undefined>;
  /**
   * Takes a token back at Taiga, once its grant or its held login is gone and if no other needs
   * it. Never fails: what stays at Taiga is a row without anybody who knows its token.
   */
  release(credential: TaigaCredentialRecord): Promise<void>;
}

export function createSharedTokens(deps: SharedTokensDeps): SharedTokens {
  const { kv, keys, credentials, toAccountId, revokeAtTaiga, logger } = deps;

  async function isNeeded({ userId }: ApplicationCredential): Promise<boolean> {
    const accountId = toAccountId(userId);
    for (const heldKey of await kv.members(keys.accountHeld(accountId))) {
      if ((await kv.get(heldKey)) !== undefined) return true;
    }
    for (const grantKey of await kv.members(keys.accountGrants(accountId))) {
      if ((await kv.get(grantKey)) === undefined) continue;
      const stored = await credentials.readAt(keys.vaultOf(grantKey));
      // A grant without a credential may be about to get this one.
      if (stored?.credential.scheme !== "Bearer") return true;
    }
    return false;
  }

  return {
    find: async (grantKey) => (await credentials.readAt(keys.vaultOf(grantKey)))?.credential,

    release: async (credential) => {
      if (credential.scheme !== "Application") return;
      try {
        if (!(await isNeeded(credential))) await revokeAtTaiga(credential);
      } catch (error) {
        if (!(error instanceof TaigaError || error instanceof UnavailableError)) {
          logger.error({ err: error }, "a Taiga application token could not be taken back");
          return;
        }
        logger.warn({ err: error }, "a Taiga application token could not be taken back");
      }
    },
  };
}
