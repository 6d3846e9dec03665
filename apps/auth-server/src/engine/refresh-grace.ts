import { type Clock, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { type AdapterPayload, errors } from "oidc-provider";
import type { Sealer } from "../crypto/seal.ts";
import type { StorageKeys } from "../storage/keys.ts";
import type { RecordStore } from "./record-store.ts";
import {
  claim,
  type HeldClaim,
  isSameRequest,
  type RefreshRequest,
  release,
  toClaim,
} from "./refresh-claims.ts";

/** A request that takes longer than this is taken for dead, and the same client may try again. */
const TAKEOVER_SECONDS = 5;

const POLL_MS = 25;
const POLL_LIMIT = 320;

export interface RefreshGraceDeps {
  kv: Kv;
  keys: StorageKeys;
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
 * a stolen token.
 */
export interface RefreshGrace {
  /** Hides from the engine that a token was used while the grace runs: it revokes on sight. */
  reveal(payload: AdapterPayload): AdapterPayload;
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
      if (now >= earlier.firstAt + graceSeconds) throw new errors.InvalidGrant("grace is over");
      if (!isSameRequest(earlier, request)) {
        throw new errors.InvalidGrant("refresh token was just used for something else");
      }
      const answer = await findAnswer(token);
      if (answer !== undefined) return { outcome: "answered", answer };
      if (now <= earlier.startedAt + TAKEOVER_SECONDS) return undefined;
    }
    const held = await claim(records, token, record, request, now);
    return held && { outcome: "claimed", held };
  }

  return {
    reveal: (payload) => {
      const used = toClaim(payload);
      if (used === undefined || clock() >= used.firstAt + graceSeconds) return payload;
      const { consumed: _hidden, ...unused } = payload;
      return unused;
    },

    use: async (token, request) => {
      for (let polls = 0; polls < POLL_LIMIT; polls += 1) {
        const use = await attempt(token, request);
        if (use !== undefined) return use;
        await sleep(POLL_MS);
      }
      throw new UnavailableError("Another refresh of this token is still being answered.");
    },

    settle: async (held, answer) => {
      const key = keys.refreshAnswer(held.tokenId);
      const sealed = await sealer.seal(key, answer);
      if (graceSeconds === 0) return answer;
      if (await kv.setIfAbsent(key, sealed, { ttlSeconds: graceSeconds })) return answer;
      return (await findAnswer(held.tokenId)) ?? answer;
    },

    release: (held) => release(records, held),
  };
}
