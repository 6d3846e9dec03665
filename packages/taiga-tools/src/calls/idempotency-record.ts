import { TaigaError } from "@taiga-mcp/taiga-client";
import { z } from "zod";
import { type Clock } from "../clock.ts";
import { isOutage, ToolError } from "../errors.ts";
import { type CallStore } from "./call-store.ts";

/** How long a repeated call returns the result of the first. */
export const KEY_TTL_SECONDS = 24 * 60 * 60;
/** A call without progress for this long counts as crashed. Every Taiga request is shorter. */
export const LEASE_SECONDS = 120;

const Step = z.discriminatedUnion("state", [
  z.object({ state: z.literal("started") }),
  z.object({ state: z.literal("made"), result: z.unknown() }),
]);

/** A call as the store holds it, as JSON. */
export const CallRecord = z.object({
  argsHash: z.string(),
  /** Epoch seconds until which a running call holds the record; 0 if no call is running. */
  leasedUntil: z.number(),
  steps: z.record(z.string(), Step),
  /** Present once the whole call succeeded. */
  result: z.unknown().optional(),
});
export type CallRecord = z.infer<typeof CallRecord>;

/** A claimed call: its key in the store, its record, and that record's text in the store. */
export interface Claim {
  storeKey: string;
  record: CallRecord;
  stored: string;
}

/** Records the progress of a claimed call, one step after another. */
export interface CallRecorder {
  /** See `CallProgress.step`. */
  step<Result>(name: string, make: () => Promise<Result>): Promise<Result>;
  /** Records that the whole call succeeded. */
  finish(result: unknown): Promise<void>;
  /** Records that the call ended before it was complete; a repetition continues from here. */
  pause(): Promise<void>;
}

/** Each write is a compare-and-set on the previous one, so a call that has lost its claim stops. */
export function createCallRecorder(
  deps: { store: CallStore; clock: Clock },
  claim: Claim,
): CallRecorder {
  const { store, clock } = deps;
  const { storeKey, record } = claim;
  let { stored } = claim;

  const save = async (changes: Partial<CallRecord>): Promise<void> => {
    Object.assign(record, changes);
    const text = JSON.stringify(record);
    const ttl = { ttlSeconds: KEY_TTL_SECONDS };
    if (!(await store.compareAndSet(storeKey, stored, text, ttl))) throw lostClaim();
    stored = text;
  };

  /** Runs before `make`; the same write stores the result of the previous step. */
  const start = async (name: string): Promise<void> => {
    record.steps[name] = { state: "started" };
    try {
      await save({ leasedUntil: clock() + LEASE_SECONDS });
    } catch (error) {
      delete record.steps[name];
      throw error;
    }
  };

  return {
    async step<Result>(name: string, make: () => Promise<Result>): Promise<Result> {
      const earlier = record.steps[name];
      if (earlier?.state === "made") return earlier.result as Result;
      if (earlier?.state === "started") throw unknownOutcome();
      await start(name);
      try {
        const result = await make();
        record.steps[name] = { state: "made", result };
        return result;
      } catch (error) {
        if (isKnownFailure(error)) delete record.steps[name];
        throw error;
      }
    },

    finish: (result) => ignoringOutage(() => save({ leasedUntil: 0, result })),

    // Without any step, release the key so that a call with corrected arguments can use it.
    pause: () =>
      ignoringOutage(() =>
        Object.keys(record.steps).length > 0
          ? save({ leasedUntil: 0 })
          : store.compareAndDelete(storeKey, stored),
      ),
  };
}

/**
 * Taiga has the items by now, so the answer is valid even if this write fails. The store then keeps
 * the earlier claim, and a repetition treats more steps as unknown, never fewer.
 */
async function ignoringOutage(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isOutage(error) && !(error instanceof ToolError)) throw error;
  }
}

/** Whether Taiga refused the write. After any other error, even a bug, the item may exist. */
const isKnownFailure = (error: unknown): boolean =>
  error instanceof TaigaError && !error.outcomeUnknown;

const HOW_TO_CHECK =
  'Check with find_items (order "-created") whether it exists before you create it again with a new key';

const unknownOutcome = () =>
  new ToolError(
    "outcome_unknown",
    `An earlier call with this idempotency_key was interrupted here, so the item may exist. ${HOW_TO_CHECK}.`,
  );

const lostClaim = () =>
  new ToolError(
    "outcome_unknown",
    `Another call with this idempotency_key took over. ${HOW_TO_CHECK}.`,
  );
