import type { Kv } from "@taiga-mcp/store";
import { createRefreshSweeper, type RefreshSweeper } from "../../src/vault/refresh-sweeper.ts";
import { createRefreshSchedule } from "../../src/vault/refresh-schedule.ts";
import type { Vault } from "../../src/vault/vault.ts";
import { keys, logger, settle, type VaultWorld } from "./vault-world.ts";

/** A replica that renews unused logins; it uses the world's store, unless given another. */
export interface RefreshSweeperReplica {
  vault: Vault;
  refreshSweeper: RefreshSweeper;
  /** The sleeps between renewals, in milliseconds. */
  slept: number[];
}

export function createRefreshSweeperReplica(
  world: VaultWorld,
  kv: Kv = world.kv,
): RefreshSweeperReplica {
  const schedule = createRefreshSchedule({ kv, clock: world.clock, keys });
  const vault = world.createReplica({
    kv,
    schedule,
    whoIs: () => Promise.reject(new Error("Nobody asks who a password login is.")),
    endGrant: async (grantId) => {
      world.ended.push(grantId);
      await world.kv.deleteMembers(keys.grantIndex(grantId));
    },
    // Waiting for another replica takes no time: only tests move the clock.
    sleep: settle,
  });
  const slept: number[] = [];
  const refreshSweeper = createRefreshSweeper({
    schedule,
    vault,
    applicationTokens: { sweep: async () => {} },
    logger,
    sleep: async (ms) => void slept.push(ms),
    random: () => 0,
  });
  return { vault, refreshSweeper, slept };
}
