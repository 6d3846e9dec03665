import type { Kv } from "@taiga-mcp/store";
import { createKeepAlive, type KeepAlive } from "../../src/vault/keep-alive.ts";
import { createRenewalCalendar } from "../../src/vault/renewal-calendar.ts";
import type { Vault } from "../../src/vault/vault.ts";
import { keys, logger, settle, type VaultWorld } from "./vault-world.ts";

/** A replica that renews logins which nobody uses; its store is the world's, unless given. */
export interface KeepAliveReplica {
  vault: Vault;
  keepAlive: KeepAlive;
  /** What it slept between renewals, in milliseconds. */
  slept: number[];
}

export function createKeepAliveReplica(world: VaultWorld, kv: Kv = world.kv): KeepAliveReplica {
  const calendar = createRenewalCalendar({ kv, clock: world.clock, keys });
  const vault = world.createReplica({
    kv,
    calendar,
    whoIs: () => Promise.reject(new Error("Nobody asks who a password login is.")),
    endGrant: async (grantId) => {
      world.ended.push(grantId);
      await world.kv.deleteMembers(keys.grantIndex(grantId));
    },
    // Waiting for another replica takes no time: tests alone move the clock.
    sleep: settle,
  });
  const slept: number[] = [];
  const keepAlive = createKeepAlive({
    calendar,
    vault,
    sharedTokens: { sweep: async () => {} },
    logger,
    sleep: async (ms) => void slept.push(ms),
    random: () => 0,
  });
  return { vault, keepAlive, slept };
}
