import { type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { TaigaError } from "@taiga-mcp/taiga-client";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";
import type { KeyNames } from "../storage/key-names.ts";
import type { CredentialStore } from "./credential-store.ts";
import type { ApplicationToken, ApplicationTokenRegistry } from "./application-token-registry.ts";

/** At most this many looks at tokens in one sweep. */
const BATCH = 50;

/** Deletes the user's row of our application at Taiga, which ends its token. */
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
 * Tokens of Taiga's external-application flow: all grants of a user share one, so that it may be
 * taken back only with the last of them.
 */
export interface ApplicationTokenLifecycle {
  /** Notes the credential of a new login, so that it is taken back also if nobody ends its grant. */
  note(credential: TaigaCredentialRecord): Promise<void>;
  /** The credential of a grant that is about to end, by the key of the grant's record. */
  find(grantKey: string): Promise<TaigaCredentialRecord | undefined>;
  /**
   * Takes a token back at Taiga, once its grant or its held login is gone and if no other needs
   * it. Never fails: what could not be taken back is looked at again within a day.
   */
  release(credential: TaigaCredentialRecord): Promise<void>;
  /**
   * One look at the tokens whose turn it is: those whose grants and logins have all ended, by
   * themselves too, are taken back, until Taiga does not answer.
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
      // A grant without a credential may be about to get this one.
      if (stored?.credential.scheme !== "Bearer") return true;
    }
    return false;
  }

  /** Takes a token back unless it is needed. @returns `unknown` when the other side is away. */
  async function settle(token: ApplicationToken): Promise<"needed" | "ended" | "unknown"> {
    try {
      if (await isNeeded(token)) return "needed";
      await revokeAtTaiga(token);
      await registry.remove(token);
      return "ended";
    } catch (error) {
      const isOutage = error instanceof TaigaError || error instanceof UnavailableError;
      logger[isOutage ? "warn" : "error"](
        { err: error },
        "a Taiga application token could not be taken back",
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
        const outcome = await settle(entry.token);
        if (outcome === "needed") await registry.reschedule(entry);
        // What was leased is due again a little later, and so are the others.
        if (outcome === "unknown") return;
      }
    },
  };
}
