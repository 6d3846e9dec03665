import { type Clock, type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "./kv.ts";

const MEASURE_EVERY_MS = 60_000;
/** While the store does not answer. */
const RETRY_EVERY_MS = 1_000;

/** The sample with the shortest way there and back is the most exact one. */
const SAMPLES = 3;

/** The wall clock was set, or the machine slept, when it moves apart from the timer by more. */
const STEP_MS = 500;

/** From this difference on, the log and `admin setup` report it. */
export const CLOCK_DIFFERENCE_SECONDS = 2;

export interface StoreClockDeps {
  store: Pick<Kv, "time">;
  logger: Logger;
}

/** The time of the store, which all replicas of a service share. */
export interface StoreClock {
  /**
   * The store's time, in epoch seconds, by its last measurement. Until the store has answered once,
   * the time of this machine.
   */
  clock: Clock;
  /** Ends the measurements. */
  close(): void;
}

interface Measurement {
  /** Store minus this machine's wall clock. */
  offsetMs: number;
  /** This machine's wall clock minus its timer, which nobody sets, at that moment. */
  wallMinusTimerMs: number;
}

/**
 * Measures how far this machine's clock is from the store's, now and every minute. Records end by
 * the store's clock, and their ages are written by one replica and read by another: with a clock of
 * its own, a replica that is a minute ahead would see codes as expired and answers as gone.
 *
 * Resolves after the first measurement, or when the store does not answer: that is no error.
 */
export async function createStoreClock({ store, logger }: StoreClockDeps): Promise<StoreClock> {
  let known: Measurement | undefined;
  let loggedSeconds = 0;
  let timer: NodeJS.Timeout | undefined;
  let measuring: Promise<void> | undefined;
  let isClosed = false;

  async function measure(): Promise<void> {
    let nextMs = RETRY_EVERY_MS;
    try {
      known = await measureBest(store);
      if (known === undefined) {
        // It uses this machine's clock.
        isClosed = true;
        return;
      }
      report(known.offsetMs);
      nextMs = MEASURE_EVERY_MS;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      // An outage; the store logs it.
    } finally {
      measuring = undefined;
      clearTimeout(timer);
      if (!isClosed) timer = setTimeout(() => void measureOnce(), nextMs).unref();
    }
  }

  const measureOnce = (): Promise<void> => (measuring ??= measure());

  function report(offsetMs: number): void {
    const seconds = Math.round(-offsetMs / 100) / 10;
    const differs = Math.abs(seconds) >= CLOCK_DIFFERENCE_SECONDS;
    const isNews = differs
      ? Math.abs(seconds - loggedSeconds) >= CLOCK_DIFFERENCE_SECONDS
      : loggedSeconds !== 0;
    if (!isNews) return;
    loggedSeconds = differs ? seconds : 0;
    const facts = { aheadSeconds: seconds };
    if (differs) logger.warn(facts, "clock differs from the store's; using the store's time");
    else logger.info(facts, "clock agrees with the store's again");
  }

  await measureOnce();

  return {
    clock: () => {
      const wallMs = Date.now();
      if (known === undefined) return toSeconds(wallMs);
      const stepMs = wallMs - performance.now() - known.wallMinusTimerMs;
      if (Math.abs(stepMs) <= STEP_MS) return toSeconds(wallMs + known.offsetMs);
      // Until the next answer, the timer is the better guess.
      if (!isClosed) void measureOnce();
      return toSeconds(wallMs - stepMs + known.offsetMs);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** @returns `undefined` when the store has no clock of its own. */
async function measureBest(store: Pick<Kv, "time">): Promise<Measurement | undefined> {
  let best: (Measurement & { tripMs: number }) | undefined;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const sentAt = performance.now();
    const storeMs = await store.time();
    const tripMs = performance.now() - sentAt;
    if (storeMs === undefined) return undefined;
    if (best !== undefined && tripMs >= best.tripMs) continue;
    const wallMs = Date.now();
    best = {
      // The answer is as old as half the way there and back.
      offsetMs: storeMs + tripMs / 2 - wallMs,
      wallMinusTimerMs: wallMs - performance.now(),
      tripMs,
    };
  }
  return best;
}

const toSeconds = (ms: number): number => Math.floor(ms / 1_000);
