import type { Clock } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { type AdapterPayload, errors } from "oidc-provider";
import type { Sealer } from "../../secrets/seal.ts";
import type { KeyNames } from "../../storage/key-names.ts";
import type { RecordStore } from "../records/record-store.ts";
import {
  claim,
  type HeldClaim,
  isAnswered,
  isSameRequest,
  markAnswered,
  type RefreshClaim,
  type RefreshRequest,
  release,
  toClaim,
} from "./refresh-claims.ts";
import { isAtWork, waitForPeer } from "./wait-for-peer.ts";

export interface RefreshGraceDeps {
  kv: Kv;
  keys: KeyNames;
  sealer: Sealer;
  clock: Clock;
  records: RecordStore;
  /** How long the same request gets the same answer, at most 30; 0 for never. */
  graceSeconds: number;
  sleep: (ms: number) => Promise<void>;
}

/** What using a refresh token came to. */
export type RefreshUse =
  | { outcome: "claimed"; held: HeldClaim }
  /** `answer` is the JSON text that the first request was given. */
  | { outcome: "answered"; answer: string };

/**
 * Lets a client present a just-rotated refresh token again, because clients refresh in parallel
 * and lose answers: within the grace the same request gets the identical answer, whichever
 * replica it reaches. After it, or for anybody else, reuse is what RFC 9700 §4.14.2 says it is:
 * a stolen token. A use that came to no answer, because the store failed in the middle of it, is
 * none: the same token may be used again for as long as it lives.
 */
export interface RefreshGrace {
  /**
   * Hides from the engine that a token was used while the grace runs, or while nobody has been given
   * an answer: it revokes on sight.
   */
  hideConsumed(payload: AdapterPayload): AdapterPayload;
  /**
   * Claims the token for this request, or waits for the answer of the one that did.
   * @throws {errors.InvalidGrant} when there is nothing to give to this request.
   * @throws {UnavailableError} when the first request does not come to an end.
   */
  use(token: string, request: RefreshRequest): Promise<RefreshUse>;
  /**
   * Stores the answer of the request that holds the claim.
   * @returns the answer to give: another one when a request that took over was faster.
   */
  settle(held: HeldClaim, answer: string): Promise<string>;
  /** The request that holds the claim failed: the token is unused again. */
  release(held: HeldClaim): Promise<void>;
}

export function createRefreshGrace(deps: RefreshGraceDeps): RefreshGrace {
  const { kv, keys, sealer, clock, records, graceSeconds, sleep } = deps;

  const isOver = (use: RefreshClaim, now: number): boolean =>
    isAnswered(use) && now >= use.startedAt + graceSeconds;

  async function findAnswer(token: string): Promise<string | undefined> {
    const key = keys.refreshAnswer(token);
    const entry = await kv.get(key);
    return entry && (await sealer.open(key, entry.value));
  }

  /** One look: an outcome, or `undefined` while another request is at work. */
  async function attempt(token: string, request: RefreshRequest): Promise<RefreshUse | undefined> {
    const record = await records.read(token);
    if (record === undefined) throw new errors.InvalidGrant("refresh token not found");
    const earlier = toClaim(record.payload);
    const now = clock();
    if (earlier !== undefined) {
      if (isOver(earlier, now)) throw new errors.InvalidGrant("grace is over");
      const answer = await findAnswer(token);
      // The request that stored it may have died before it said so.
      if (answer !== undefined) await markAnswered(records, token, record);
      const isBusy = isAtWork(earlier.startedAt, now);
      if ((answer !== undefined || isBusy) && !isSameRequest(earlier, request)) {
        throw new errors.InvalidGrant("refresh token was just used for something else");
      }
      if (answer !== undefined) return { outcome: "answered", answer };
      if (isBusy) return undefined;
      if (isAnswered(earlier)) throw new errors.InvalidGrant("the answer is gone");
    }
    const held = await claim(records, token, record, request, now);
    return held && { outcome: "claimed", held };
  }

  return {
    hideConsumed: (payload) => {
      const used = toClaim(payload);
      if (used === undefined || isOver(used, clock())) return payload;
      const { consumed: _hidden, ...unused } = payload;
      return unused;
    },

    use: (token, request) => waitForPeer(() => attempt(token, request), sleep),

    settle: async (held, answer) => {
      const key = keys.refreshAnswer(held.tokenId);
      const sealed = await sealer.seal(key, answer);
      const isOurs =
        graceSeconds === 0 || (await kv.setIfAbsent(key, sealed, { ttlSeconds: graceSeconds }));
      await markAnswered(records, held.tokenId, held.record);
      return isOurs ? answer : ((await findAnswer(held.tokenId)) ?? answer);
    },

    release: (held) => release(records, held),
  };
}
