import { CodedError, type Logger } from "@taiga-mcp/service";
import type { RefreshSchedule } from "./refresh-schedule.ts";
import type { ApplicationTokenLifecycle } from "./application-token-lifecycle.ts";
import type { Vault } from "./vault.ts";

/** From one look at the schedule to the next, on average. */
const INTERVAL_MS = 60_000;
/** Between two renewals, so that Taiga hardly notices. */
const PAUSE_MS = 1_000;
/** At most this many renewals for one look. */
const BATCH = 50;

export interface RefreshSweeperDeps {
  schedule: Pick<RefreshSchedule, "due" | "lease" | "forget">;
  vault: Pick<Vault, "renew">;
  applicationTokens: Pick<ApplicationTokenLifecycle, "sweep">;
  logger: Logger;
  /** Resolves early when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** From 0 up to 1. */
  random: () => number;
}

/**
 * Renews the Taiga logins of grants that nobody uses, before Taiga ends them, and takes those back
 * that Taiga would never end.
 */
export interface RefreshSweeper {
  /** One look: does what is due, one at a time, until Taiga does not answer. */
  sweep(): Promise<void>;
  /** Looks about once a minute, beginning within the first. Every replica may. */
  start(): void;
  /** Waits for a renewal that has begun: its answer exists nowhere else. */
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
      if (outcome === "gone") await schedule.forget(name);
      // Taiga is away or wants a rest. What was leased is due again a little later.
      if (outcome === "postponed") break;
      if (outcome !== "renewed") continue;
      renewed += 1;
      await sleep(PAUSE_MS, stop.signal);
    }
    if (renewed > 0) logger.info({ renewed }, "logins at Taiga were kept alive");
  }

  async function run(): Promise<void> {
    for (let wait = INTERVAL_MS * random(); ; wait = INTERVAL_MS * (0.5 + random())) {
      await sleep(wait, stop.signal);
      if (stop.signal.aborted) return;
      try {
        await sweep();
      } catch (error) {
        const level = error instanceof CodedError ? "warn" : "error";
        logger[level]({ err: error }, "logins at Taiga could not be looked after just now");
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
