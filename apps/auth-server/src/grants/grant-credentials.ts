import type { Clock, Logger } from "@taiga-mcp/service";
import type { Broadcast, Kv } from "@taiga-mcp/store";
import type { IsAllowed } from "../login/allow-list.ts";
import type { KeyNames } from "../storage/key-names.ts";
import {
  createApplicationTokenLifecycle,
  type RevokeAtTaiga,
} from "../vault/application-token-lifecycle.ts";
import { createApplicationTokenRegistry } from "../vault/application-token-registry.ts";
import { createCredentialStore } from "../vault/credential-store.ts";
import { createRefreshSchedule } from "../vault/refresh-schedule.ts";
import { createRefreshSweeper, type RefreshSweeper } from "../vault/refresh-sweeper.ts";
import type { AskWhoIs, RefreshAtTaiga } from "../vault/taiga-refresh.ts";
import { createVault, type Vault, type VaultDeps } from "../vault/vault.ts";
import { createEndGrant, type EndGrant } from "./end-grant.ts";

export interface GrantCredentialsDeps {
  kv: Kv;
  keys: KeyNames;
  seal: VaultDeps["seal"];
  broadcast: Broadcast;
  clock: Clock;
  logger: Logger;
  /** Resolves early when the signal aborts. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to 1. */
  random: () => number;
  /** The subject that stands for a Taiga user. */
  toAccountId: (userId: number) => string;
  refresh: RefreshAtTaiga;
  whoIs: AskWhoIs;
  revokeAtTaiga: RevokeAtTaiga;
  isAllowed: IsAllowed | undefined;
  /** How long a grant waits for its code to be exchanged. */
  newGrantTtlSeconds: number;
}

export interface GrantCredentials {
  vault: Vault;
  endGrant: EndGrant;
  refreshSweeper: RefreshSweeper;
}

/** The Taiga credentials of grants: each is kept and renewed while its grant lives, and ends with it. */
export function createGrantCredentials(deps: GrantCredentialsDeps): GrantCredentials {
  const schedule = createRefreshSchedule(deps);
  const stored = { ...deps, schedule, ttlSeconds: deps.newGrantTtlSeconds };
  const applicationTokens = createApplicationTokenLifecycle({
    ...deps,
    credentials: createCredentialStore(stored),
    registry: createApplicationTokenRegistry(deps),
  });
  const endGrant = createEndGrant({ ...deps, applicationTokens });
  // The vault's own `random` makes names of locks.
  const { random, ...others } = stored;
  const vault = createVault({
    ...others,
    applicationTokens,
    endGrant: (grantId) => endGrant(deps.keys.grant(grantId)),
  });
  const refreshSweeper = createRefreshSweeper({ ...others, vault, applicationTokens, random });
  return { vault, endGrant, refreshSweeper };
}
