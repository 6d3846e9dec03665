import { CodedError, logFailure, type Logger } from "@taiga-mcp/service";
import type { RefreshSchedule } from "./refresh-schedule.ts";
import type { ApplicationTokenLifecycle } from "./application-token-lifecycle.ts";
import type { Vault } from "./vault.ts";

/** Time from one sweep to the next, on average. */
const INTERVAL_MS = 60_000;
/** Pause between two renewals, to keep the load on Taiga low. */
const PAUSE_MS = 1_000;
/** Maximum number of renewals in one sweep. */
const BATCH = 50;

export interface RefreshSweeperDeps {
  schedule: Pick<RefreshSchedule, "due" | "lease" | "remove">;
  vault: Pick<Vault, "renew">;
  applicationTokens: Pick<ApplicationTokenLifecycle, "sweep">;
  logger: Logger;
  /** Resolves early when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  random: () => number;
}

/**
 * Renews the Taiga logins of unused grants before their refresh tokens expire, and revokes
 * application tokens, which never expire, when no grant needs them any more.
 */
export interface RefreshSweeper {
  /** Does the work that is due, one item at a time; stops when Taiga does not answer. */
  sweep(): Promise<void>;
  /** Sweeps about once a minute, for the first time within a minute. All replicas may run this. */
  start(): void;
  /** Waits for a renewal in progress: the new tokens exist nowhere else. */
  close(): Promise<void>;
}

export function createRefreshSweeper(deps: RefreshSweeperDeps): RefreshSweeper {
  const { schedule, vault, applicationTokens, logger, sleep, random } = deps;
  const stop = new AbortController();
  let running: Promise<void> | undefined;

  async function sweep(): Promise<void> {
    await renewDue();
    await applicationTokens.sweep(stop.signal);
  }

  async function renewDue(): Promise<void> {
    let renewed = 0;
    for (const name of await schedule.due(BATCH)) {
      if (stop.signal.aborted) break;
      const grantId = await schedule.lease(name);
      if (grantId === undefined) continue;
      const outcome = await vault.renew(grantId);
      if (outcome === "gone") await schedule.remove(name);
      // Taiga is down or throttles us. The lease ends in 15 minutes, then the plan is due again.
      if (outcome === "postponed") break;
      if (outcome !== "renewed") continue;
      renewed += 1;
      await sleep(PAUSE_MS, stop.signal);
    }
    if (renewed > 0) logger.info({ renewed }, "Taiga tokens refreshed");
  }

  async function run(): Promise<void> {
    for (let wait = INTERVAL_MS * random(); ; wait = INTERVAL_MS * (0.5 + random())) {
      await sleep(wait, stop.signal);
      if (stop.signal.aborted) return;
      try {
        await sweep();
      } catch (error) {
        const level = error instanceof CodedError ? "warn" : "error";
        logFailure(logger, level, { err: error }, "Taiga token refresh sweep failed");
      }
    }
  }

  return {
    sweep,
    start: () => {
      running ??= run();
    },
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
