import type { Clock } from "@taiga-mcp/service";
import type { ToolFailure, ToolOutcome } from "@taiga-mcp/taiga-tools";
import { createPlaces } from "./places.ts";
import { createTokenBuckets } from "./token-buckets.ts";

/** Tools that cost about the same. */
export type CallClass = "read" | "write" | "expensive";

export interface CallLimit {
  perMinute: number;
  parallel: number;
}

export interface CallLimitsDeps {
  limits: Readonly<Record<CallClass, CallLimit>>;
  clock: Clock;
  /** How long a call waits for a place. */
  maxWaitMs?: number;
}

/** A call that was refused, and when a next one has a chance. */
export interface RefusedCall {
  outcome: ToolOutcome & { failure: ToolFailure };
  retryAfterSeconds: number;
}

/** Limits the tool calls of each grant, by class. */
export interface CallLimits {
  /** Runs a call, perhaps after a wait, or refuses it. */
  run(
    call: { grantId: string; callClass: CallClass; signal: AbortSignal },
    work: () => Promise<ToolOutcome>,
  ): Promise<ToolOutcome | RefusedCall>;
}

/** Waiting calls for each one that may run. */
const WAITING_PER_PLACE = 4;

/** Short enough that no client gives up on the call meanwhile. */
const MAX_WAIT_MS = 10_000;

/** What a model reads about the tools of a class. */
const WHAT: Readonly<Record<CallClass, string>> = {
  read: "calls that read",
  write: "calls that change something",
  expensive: "searches",
};

/** How to do more with fewer calls. */
const ADVICE: Readonly<Record<CallClass, string>> = {
  read: "get_items reads many items in one call.",
  write: "create_items, update_items and add_comment take many items in one call.",
  expensive:
    "A search for several kinds, statuses or people at once needs one call instead of many.",
};

/**
 * The text is for the model: of clients that were tried, none waits for `Retry-After` and repeats the
 * call by itself.
 */
export function createCallLimits({
  limits,
  clock,
  maxWaitMs = MAX_WAIT_MS,
}: CallLimitsDeps): CallLimits {
  const toLimiter = (callClass: CallClass) => {
    const { perMinute, parallel } = limits[callClass];
    return {
      buckets: createTokenBuckets({ perMinute, clock }),
      places: createPlaces({ parallel, waiting: parallel * WAITING_PER_PLACE, maxWaitMs }),
    };
  };
  const limiters = {
    read: toLimiter("read"),
    write: toLimiter("write"),
    expensive: toLimiter("expensive"),
  };

  return {
    run: async ({ grantId, callClass, signal }, work) => {
      const { buckets, places } = limiters[callClass];
      const { perMinute, parallel } = limits[callClass];
      const wait = buckets.take(grantId);
      if (wait > 0) {
        const reason = `This connection may make ${perMinute} ${WHAT[callClass]} in a minute, and has made them.`;
        return toRefused(reason, wait, callClass);
      }
      const leave = await places.enter(grantId, signal);
      if (leave === undefined) {
        buckets.refund(grantId);
        const reason = `This connection may run ${parallel} ${WHAT[callClass]} at the same time; these and others that wait are not done yet.`;
        return toRefused(reason, Math.ceil(maxWaitMs / 1000), callClass);
      }
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

function toRefused(reason: string, retryAfterSeconds: number, callClass: CallClass): RefusedCall {
  const message = `${reason} Nothing was done.`;
  const seconds = retryAfterSeconds === 1 ? "1 second" : `${retryAfterSeconds} seconds`;
  const advice = `Wait ${seconds}, then call again. ${ADVICE[callClass]}`;
  return {
    outcome: {
      text: `rate_limited: ${message} ${advice}`,
      failure: { code: "rate_limited", message, advice, severity: "info" },
    },
    retryAfterSeconds,
  };
}
