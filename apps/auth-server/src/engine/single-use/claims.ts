import { bestEffort, UnavailableError } from "@taiga-mcp/service";
import { randomUUID } from "node:crypto";
import type { AdapterPayload, KoaContextWithOIDC } from "oidc-provider";
import { insideEngine } from "../boundary/store-unavailable.ts";
import type { RecordChange, RecordStore } from "../records/record-store.ts";

/**
 * A claim without an answer that is older than this counts as dead: another request may take over.
 */
const TAKEOVER_SECONDS = 5;

const POLL_MS = 25;
const POLL_LIMIT = 320;

/**
 * The use of an authorization code or a refresh token by one request. It is the member `consumed`
 * of the code's or token's record, so that both end together.
 */
export interface Claim {
  /** Distinguishes this claim from those of requests that take over. */
  id: string;
  /** When the request began, epoch seconds. */
  startedAt: number;
  /** False until the answer is stored; no client receives an answer before that. */
  isAnswered: boolean;
}

/** A claim that a request holds until its answer is stored. */
export interface HeldClaim {
  /** The code or the token. */
  recordId: string;
  claim: Claim;
}

/** @typeParam Details what the caller of `toClaimed` added to the claim. */
export const toClaim = <Details = unknown>({
  consumed,
}: AdapterPayload): (Claim & Details) | undefined => consumed as (Claim & Details) | undefined;

/** The record as oidc-provider may see it while a client may still use it. */
export const withoutClaim = ({ consumed: _claim, ...unused }: AdapterPayload): AdapterPayload =>
  unused;

/**
 * The change that claims a record. `RecordStore.update` writes only over what it has read, so
 * exactly one of any number of concurrent requests gets the claim.
 * @param payload of a record that is unused, or whose claim may be taken over.
 */
export function toClaimed(
  recordId: string,
  payload: AdapterPayload,
  startedAt: number,
  details: object = {},
): RecordChange<HeldClaim> {
  const claim = { ...details, id: randomUUID(), startedAt, isAnswered: false };
  return { payload: { ...payload, consumed: claim }, result: { recordId, claim } };
}

/** Whether other requests must leave the record to the request that claimed it. */
export const isAtWork = ({ startedAt }: Claim, now: number): boolean =>
  now <= startedAt + TAKEOVER_SECONDS;

/**
 * Looks again and again while another request is at work on the same record.
 * @param look its result, or `undefined` to look again.
 * @throws {UnavailableError} when the other request neither ends nor dies.
 */
export async function waitForPeer<Result>(
  look: () => Promise<Result | undefined>,
  sleep: (ms: number) => Promise<void>,
): Promise<Result> {
  for (let polls = 0; polls < POLL_LIMIT; polls += 1) {
    const result = await look();
    if (result !== undefined) return result;
    await sleep(POLL_MS);
  }
  throw new UnavailableError("Another request of the same kind is still being answered.");
}

/**
 * Removes the claim of a request that failed: it has not used the record.
 * @param options.evenAnswered also when the claim is marked as answered already.
 */
export const release = (
  records: RecordStore,
  { recordId, claim }: HeldClaim,
  { evenAnswered }: { evenAnswered: boolean },
): Promise<void> =>
  records.update(recordId, (payload) => {
    const standing = payload && toClaim(payload);
    const isOver = standing?.id !== claim.id || (standing.isAnswered && !evenAnswered);
    return { ...(payload && !isOver && { payload: withoutClaim(payload) }), result: undefined };
  });

/**
 * Ends the claim of a request once oidc-provider has made its answer.
 * @param end.settle marks the claim as answered, and may change the answer.
 * @param end.release is called instead, or when that fails: the request has failed.
 */
export async function endClaim(
  ctx: KoaContextWithOIDC,
  end: { settle: () => Promise<void>; release: () => Promise<void> },
): Promise<void> {
  // If the store is down, another request takes over a few seconds later.
  const tryRelease = () => bestEffort(end.release, undefined, "claim release failed");
  if (ctx.status !== 200) {
    await tryRelease();
    return;
  }
  try {
    await insideEngine(end.settle);
  } catch (error) {
    await tryRelease();
    throw error;
  }
}
