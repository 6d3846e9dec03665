import { randomUUID } from "node:crypto";
import type { AdapterPayload } from "oidc-provider";
import type { RecordStore, StoredRecord } from "../records/record-store.ts";

/** Who uses a refresh token, and for what: a second request gets the first one's answer only if this agrees. */
export interface RefreshRequest {
  clientId: string;
  /** As asked for, else as granted. */
  scope: string;
  /** Canonical; as asked for, else as granted. */
  resource: string;
}

/** The use of a refresh token, kept in the token's own record so that it dies with it. */
export interface RefreshClaim extends RefreshRequest {
  /** Names this one use among those that took over from one another. */
  id: string;
  /** When the present holder started to answer, epoch seconds; the grace counts from here. */
  startedAt: number;
  /**
   * False until the answer is stored: until then nobody was given one, however long that is, and
   * whoever comes again is a client that was told to. Left out by older versions of this program,
   * whose claims count as answered.
   */
  isAnswered?: boolean;
}

/** The claim in a record, however the record got here. */
export const toClaim = ({ consumed }: AdapterPayload): RefreshClaim | undefined =>
  consumed as RefreshClaim | undefined;

/** Whether somebody may have been given an answer for this use. */
export const isAnswered = (claim: RefreshClaim): boolean => claim.isAnswered ?? true;

export const isSameRequest = (one: RefreshRequest, other: RefreshRequest): boolean =>
  one.clientId === other.clientId && one.scope === other.scope && one.resource === other.resource;

/** A claim that a request holds until its answer is stored. */
export interface HeldClaim {
  tokenId: string;
  record: StoredRecord;
  /** The record's payload before this claim. */
  before: AdapterPayload;
}

/**
 * Claims a refresh token for one request; exactly one of any number of concurrent ones succeeds.
 * @param record as read, either unused or with a claim that may be taken over.
 */
export async function claim(
  records: RecordStore,
  tokenId: string,
  record: StoredRecord,
  request: RefreshRequest,
  now: number,
): Promise<HeldClaim | undefined> {
  const consumed: RefreshClaim = {
    ...request,
    id: randomUUID(),
    startedAt: now,
    isAnswered: false,
  };
  const claimed = await records.swap(tokenId, record, { ...record.payload, consumed });
  return claimed && { tokenId, record: claimed, before: record.payload };
}

/**
 * Records that the claim has an answer, whoever holds it by now. From then on using the token again
 * is reuse, so this comes before the answer is given to anybody.
 * @param seen the record as it was last seen.
 * @throws {UnavailableError} when that is not certain.
 */
export async function markAnswered(
  records: RecordStore,
  tokenId: string,
  seen: StoredRecord,
): Promise<void> {
  const ours = toClaim(seen.payload);
  for (let record: StoredRecord | undefined = seen; ;) {
    // Gone: it was revoked meanwhile.
    if (record === undefined) return;
    // A request that gave its claim back may have left none.
    const standing = toClaim(record.payload) ?? ours;
    if (standing === undefined) throw new TypeError("An answer to a token that was not used.");
    if (isAnswered(standing)) return;
    const consumed: RefreshClaim = { ...standing, isAnswered: true };
    if (await records.swap(tokenId, record, { ...record.payload, consumed })) return;
    record = await records.read(tokenId);
  }
}

/**
 * Gives a claim back when nothing came of it: a request that failed did not use the token. Where
 * it had taken over from another one, that one's claim stands again, free to be taken over.
 */
export async function release(records: RecordStore, held: HeldClaim): Promise<void> {
  const earlier = toClaim(held.before);
  const payload = earlier
    ? { ...held.before, consumed: { ...earlier, startedAt: 0 } }
    : held.before;
  await records.swap(held.tokenId, held.record, payload);
}
