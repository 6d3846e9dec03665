import { createHash } from "node:crypto";
import { type Clock } from "../clock.ts";
import { ToolError } from "../errors.ts";
import { toCanonicalJson } from "./canonical-json.ts";
import { type CallStore } from "./call-store.ts";
import {
  CallRecord,
  createCallRecorder,
  type CallRecorder,
  KEY_TTL_SECONDS,
  LEASE_SECONDS,
} from "./idempotency-record.ts";

/** Identifies a call: the same user, tool, key and arguments are the same call. */
interface IdempotentCall {
  tool: string;
  /** Chosen by the caller; if omitted, nothing is stored and every call is new. */
  key: string | undefined;
  /** The arguments of the call; must be JSON-serialisable. */
  args: unknown;
}

/** The progress of a call; passed to the work that `run` starts. */
export interface CallProgress {
  /**
   * Runs one step of the work, or returns its earlier result. A repeated call runs a step again if
   * Taiga refused it, but never a step whose outcome is unknown (the process died, the connection
   * broke). Steps run one after another.
   *
   * @param name the same in every repetition, such as the item's position.
   * @param make its result must be JSON-serialisable.
   * @throws {ToolError} `outcome_unknown` when an earlier attempt may have been carried out.
   * @throws {Outage} when the claim cannot be written; `make` was then not started.
   */
  step<Result>(name: string, make: () => Promise<Result>): Promise<Result>;
}

/** Makes calls repeatable, for one user. */
export interface Idempotency {
  /**
   * Carries out a call once in 24 hours. The claim is written before `work` starts. Once `work`
   * reports the call as complete, a repetition returns its result; until then a repetition runs
   * `work` again, and finished steps return their earlier results.
   *
   * @returns the result, and whether it comes from an earlier call.
   * @throws {ToolError} `idempotency_mismatch` when the key was used with other arguments,
   *   `outcome_unknown` while another call with the key is running.
   * @throws {Outage} when the store does not answer; nothing was written to Taiga.
   */
  run<Result>(
    call: IdempotentCall,
    work: (progress: CallProgress) => Promise<{ result: Result; isComplete: boolean }>,
  ): Promise<{ result: Result; repeated: boolean }>;
}

interface IdempotencyDeps {
  /** Shared by all replicas; key `idempotency:<hash of subject, tool and key>`, value a `CallRecord`. */
  store: CallStore;
  clock: Clock;
  /** The user; calls of different subjects are different calls. */
  subject: string;
}

/** Creates the idempotency of one user's calls. */
export function createIdempotency(deps: IdempotencyDeps): Idempotency {
  return {
    async run(call, work) {
      if (call.key !== undefined) return runOnce(deps, call, work);
      const { result } = await work({ step: (_name, make) => make() });
      return { result, repeated: false };
    },
  };
}

async function runOnce<Result>(
  deps: IdempotencyDeps,
  call: IdempotentCall,
  work: (progress: CallProgress) => Promise<{ result: Result; isComplete: boolean }>,
): Promise<{ result: Result; repeated: boolean }> {
  const claimed = await claim(deps, call);
  if (!("recorder" in claimed)) return { result: claimed.result as Result, repeated: true };
  const { recorder } = claimed;
  try {
    const { result, isComplete } = await work(recorder);
    await (isComplete ? recorder.finish(result) : recorder.pause());
    return { result, repeated: false };
  } catch (error) {
    await recorder.pause();
    throw error;
  }
}

/** Claims the key, or reads the record of an earlier call. */
async function claim(
  deps: IdempotencyDeps,
  call: IdempotentCall,
): Promise<{ recorder: CallRecorder } | { result: unknown }> {
  const { store, clock, subject } = deps;
  const storeKey = `idempotency:${hash([subject, call.tool, call.key])}`;
  const ttl = { ttlSeconds: KEY_TTL_SECONDS };
  const fresh: CallRecord = {
    argsHash: hash(call.args),
    leasedUntil: clock() + LEASE_SECONDS,
    steps: {},
  };
  const freshText = JSON.stringify(fresh);
  if (await store.setIfAbsent(storeKey, freshText, ttl)) {
    return { recorder: createCallRecorder(deps, { storeKey, record: fresh, stored: freshText }) };
  }

  const entry = await store.get(storeKey);
  // Between the two requests the record expired, or a call without any step released it.
  if (entry === undefined) return claim(deps, call);
  const earlier = CallRecord.parse(JSON.parse(entry.value));
  if (earlier.argsHash !== fresh.argsHash) throw mismatch();
  if (earlier.result !== undefined) return { result: earlier.result };
  if (earlier.leasedUntil > clock()) throw stillRunning(earlier.leasedUntil - clock());

  const record = { ...earlier, leasedUntil: fresh.leasedUntil };
  const stored = JSON.stringify(record);
  if (!(await store.compareAndSet(storeKey, entry.value, stored, ttl))) {
    throw stillRunning(LEASE_SECONDS);
  }
  return { recorder: createCallRecorder(deps, { storeKey, record, stored }) };
}

const mismatch = () =>
  new ToolError(
    "idempotency_mismatch",
    "idempotency_key: this key was used in the last 24 hours with other arguments. Repeat the call with the same arguments, or use a new key for a new call.",
  );

const stillRunning = (seconds: number) =>
  new ToolError(
    "outcome_unknown",
    `idempotency_key: another call with this key is still running, or was just interrupted. Repeat this call with the same key and arguments in ${seconds} seconds.`,
  );

/** SHA-256 over JSON with sorted keys, so that the order of an object's fields does not matter. */
function hash(value: unknown): string {
  return createHash("sha256").update(toCanonicalJson(value)).digest("base64url");
}
