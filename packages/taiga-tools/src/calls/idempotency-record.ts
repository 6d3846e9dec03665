import { TaigaError } from "@taiga-mcp/taiga-client";
import { z } from "zod";
import { type Clock } from "../clock.ts";
import { isOutage, ToolError } from "../errors.ts";
import { type CallStore } from "./call-store.ts";

/** How long a repeated call answers the first result again. */
export const KEY_TTL_SECONDS = 24 * 60 * 60;
/** After so long without progress a call counts as crashed: longer than any one Taiga request. */
export const LEASE_SECONDS = 120;

const Step = z.discriminatedUnion("state", [
  z.object({ state: z.literal("started") }),
  z.object({ state: z.literal("made"), result: z.unknown() }),
]);

/** A call as the store holds it, as JSON. */
export const CallRecord = z.object({
  argsHash: z.string(),
  /** Epoch seconds: until then a call is at work; 0 when none is. */
  leasedUntil: z.number(),
  steps: z.record(z.string(), Step),
  /** Present once the whole call succeeded. */
  result: z.unknown().optional(),
});
export type CallRecord = z.infer<typeof CallRecord>;

/** A claimed call in the store: its key, what is known of it, and the text as it stands there. */
export interface Claim {
  storeKey: string;
  record: CallRecord;
  stored: string;
}

/** Writes a claimed call's progress, one step after another. */
export interface CallRecorder {
  /** See `CallProgress.step`. */
  step<Result>(name: string, make: () => Promise<Result>): Promise<Result>;
  /** The call succeeded as a whole. */
  finish(result: unknown): Promise<void>;
  /** The call ended before everything was made; a repetition goes on from here. */
  pause(): Promise<void>;
}

/** Each write compares with the one before, so a call that lost its claim to another stops. */
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

  /** Written before `make`, together with what the step before answered. */
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

    // Nothing was done: free the key, so that a call with corrected arguments can use it.
    pause: () =>
      ignoringOutage(() =>
        Object.keys(record.steps).length > 0
          ? save({ leasedUntil: 0 })
          : store.compareAndDelete(storeKey, stored),
      ),
  };
}

/**
 * Taiga has the items, so the answer stands even when the store is gone by now. The claim then
 * stays as it is, which makes a repetition more careful, never less.
 */
async function ignoringOutage(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isOutage(error) && !(error instanceof ToolError)) throw error;
  }
}

/** Taiga refused. Anything else, even a bug, may have come after the item was made. */
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
