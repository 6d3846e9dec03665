import type { Logger, Metrics } from "@taiga-mcp/service";
import { STORE_WEAKNESSES, type Kv, type StoreCondition, type StoreWeakness } from "./kv.ts";

const CHECK_EVERY_MS = 60_000;

/** After so many checks without a change a weakness is logged again, because logs are rotated. */
const CHECKS_A_DAY = 86_400_000 / CHECK_EVERY_MS;

const REASONS: Readonly<Record<StoreWeakness, string>> = {
  evicts: "The store deletes logins when its memory runs out: set maxmemory-policy noeviction.",
  forgets:
    "The store does not write every change to disk, so its restart loses logins: set appendonly yes.",
};

export interface StoreWatchDeps {
  store: Pick<Kv, "inspect">;
  logger: Logger;
  /** Left out, nothing is measured. */
  metrics?: Pick<Metrics, "gauge"> | undefined;
}

/** What `/readyz` says about a store that answers. */
export interface StoreReadiness {
  status: "ok" | "degraded";
  /** Sentences for the operator; only when degraded. */
  reasons?: string[];
  /** What the store does not tell about itself; only when there is something. */
  unknown?: StoreWeakness[];
}

/** Sees how the store keeps entries, from the start on and every minute. */
export interface StoreWatch {
  /** By the last check that the store answered; "ok" before the first. */
  readiness(): StoreReadiness;
  /** Ends the checks. */
  close(): void;
}

/** Begins at once, in the background. Logs each change, and a weakness again every day. */
export function createStoreWatch({ store, logger, metrics }: StoreWatchDeps): StoreWatch {
  const gauge = metrics?.gauge(
    "taiga_mcp_store_weakness",
    "Whether the store is set up to lose logins, by weakness; absent where it does not tell",
    "weakness",
  );
  let known: StoreCondition = { weaknesses: [], unknown: [] };
  let checksSinceLog = 0;
  let isChecking = false;

  function report(condition: StoreCondition): void {
    const { weaknesses, unknown } = condition;
    const isChanged = JSON.stringify(condition) !== JSON.stringify(known);
    checksSinceLog += 1;
    const isReminder = weaknesses.length > 0 && checksSinceLog >= CHECKS_A_DAY;
    if (!isChanged && !isReminder) return;
    checksSinceLog = 0;
    if (weaknesses.length > 0) {
      const reasons = weaknesses.map((weakness) => REASONS[weakness]);
      logger.warn({ weaknesses, unknown, reasons }, "store weakness");
    } else if (known.weaknesses.length > 0) {
      logger.info({ unknown }, "store weakness resolved");
    } else if (unknown.length > 0) {
      logger.info({ unknown }, "store does not tell whether it keeps all entries");
    }
  }

  function measure({ weaknesses, unknown }: StoreCondition): void {
    for (const weakness of STORE_WEAKNESSES) {
      const value = weaknesses.includes(weakness) ? 1 : 0;
      gauge?.set(weakness, unknown.includes(weakness) ? undefined : value);
    }
  }

  async function check(): Promise<void> {
    if (isChecking) return;
    isChecking = true;
    try {
      const condition = await store.inspect();
      report(condition);
      measure(condition);
      known = condition;
    } catch {
      // An outage: the store logs it, and readiness asks the store itself.
    } finally {
      isChecking = false;
    }
  }

  void check();
  const timer = setInterval(() => void check(), CHECK_EVERY_MS).unref();

  return {
    readiness: () => ({
      status: known.weaknesses.length > 0 ? "degraded" : "ok",
      ...(known.weaknesses.length > 0 && {
        reasons: known.weaknesses.map((weakness) => REASONS[weakness]),
      }),
      ...(known.unknown.length > 0 && { unknown: [...known.unknown] }),
    }),
    close: () => clearInterval(timer),
  };
}
