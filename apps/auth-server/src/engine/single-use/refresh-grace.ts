import type { Clock } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { type AdapterPayload, errors } from "oidc-provider";
import type { Sealer } from "../../secrets/seal.ts";
import type { KeyNames } from "../../storage/key-names.ts";
import type { RecordChange, RecordStore } from "../records/record-store.ts";
import {
  type Claim,
  type HeldClaim,
  isAtWork,
  release,
  toClaim,
  toClaimed,
  waitForPeer,
  withoutClaim,
} from "./claims.ts";

/**
 * What a refresh asks for. A second request gets the answer of the first only if this is the same.
 */
export interface RefreshRequest {
  clientId: string;
  /** As asked for, else as granted. */
  scope: string;
  /** Canonical; as asked for, else as granted. */
  resource: string;
}

export interface RefreshGraceDeps {
  kv: Kv;
  keys: KeyNames;
  sealer: Sealer;
  clock: Clock;
  /** Of refresh tokens. */
  records: RecordStore;
  /** How long the same request gets the same answer, at most 30; 0 for never. */
  graceSeconds: number;
  sleep: (ms: number) => Promise<void>;
}

/** A claim on a refresh token. */
export interface HeldRefresh extends HeldClaim {
  /** Where the answer that contained this token is kept, unless it came with a code. */
  sourceAnswer: string | undefined;
}

/** The outcome of using a refresh token. */
export type RefreshUse =
  | { outcome: "claimed"; held: HeldRefresh }
  /** `answer` is the JSON text that the first request received. */
  | { outcome: "answered"; answer: string };

/**
 * Lets a client present a just-rotated refresh token again, because clients refresh in parallel and
 * lose answers: within the grace the same request gets the identical answer, on every replica. The
 * answer is deleted when the refresh token in it is used: from then on the client has it for sure.
 * After the grace, or in another request, reuse means what RFC 9700 §4.14.2 says: the token was
 * stolen. A use without an answer, because the store failed in the middle of it, does not count:
 * the client may use the token again as long as it lives.
 */
export interface RefreshGrace {
  /**
   * Hides a claim from oidc-provider, which revokes on sight of one, during the grace and until the
   * claim has an answer.
   */
  hideConsumed(payload: AdapterPayload): AdapterPayload;
  /**
   * Claims the token for this request, or waits for the answer of the request that did.
   * @throws {errors.InvalidGrant} when there is no answer for this request.
   * @throws {UnavailableError} when the first request does not come to an end.
   */
  use(token: string, request: RefreshRequest): Promise<RefreshUse>;
  /**
   * Stores the answer of the request that holds the claim.
   * @returns the answer to give: another one when a request that took over was faster.
   */
  settle(held: HeldRefresh, answer: string): Promise<string>;
  /** The request that holds the claim failed: the token is unused again. */
  release(held: HeldClaim): Promise<void>;
  /**
   * @param payload of the next refresh token.
   * @returns it with a note about the answer that will contain it.
   */
  toSuccessor(held: HeldClaim, payload: AdapterPayload): AdapterPayload;
}

export function createRefreshGrace(deps: RefreshGraceDeps): RefreshGrace {
  const { kv, keys, sealer, clock, records, graceSeconds, sleep } = deps;

  const isOver = (claim: Claim, now: number): boolean =>
    claim.isAnswered && now >= claim.startedAt + graceSeconds;

  async function findAnswer(token: string): Promise<string | undefined> {
    const key = keys.refreshAnswer(token);
    const entry = await kv.get(key);
    return entry && (await sealer.open(key, entry.value));
  }

  /** One look: an outcome, or `undefined` while another request is at work. */
  const attempt = (token: string, request: RefreshRequest): Promise<RefreshUse | undefined> =>
    records.update(token, async (payload): Promise<RecordChange<RefreshUse | undefined>> => {
      if (payload === undefined) throw new errors.InvalidGrant("refresh token not found");
      const earlier = toClaim<RefreshRequest>(payload);
      const now = clock();
      if (earlier !== undefined) {
        if (isOver(earlier, now)) throw new errors.InvalidGrant("grace is over");
        const answer = await findAnswer(token);
        const isBusy = isAtWork(earlier, now) && !earlier.isAnswered;
        if ((answer !== undefined || isBusy) && !isSameRequest(earlier, request)) {
          throw new errors.InvalidGrant("refresh token was just used for something else");
        }
        if (answer !== undefined) {
          // The request that stored it may have died before it marked its claim.
          return {
            payload: markAnswered(payload, earlier),
            result: { outcome: "answered", answer },
          };
        }
        if (isBusy) return { result: undefined };
        if (earlier.isAnswered) throw new errors.InvalidGrant("the answer is gone");
      }
      const claimed = toClaimed(token, payload, now, request);
      const held = { ...claimed.result, sourceAnswer: toSourceAnswer(payload) };
      return { ...claimed, result: { outcome: "claimed", held } };
    });

  return {
    hideConsumed: (payload) => {
      const claim = toClaim(payload);
      return claim === undefined || isOver(claim, clock()) ? payload : withoutClaim(payload);
    },

    use: (token, request) => waitForPeer(() => attempt(token, request), sleep),

    settle: async ({ recordId, claim, sourceAnswer }, answer) => {
      if (sourceAnswer !== undefined) await kv.delete(sourceAnswer);
      const key = keys.refreshAnswer(recordId);
      const sealed = await sealer.seal(key, answer);
      const isFirst =
        graceSeconds === 0 || (await kv.setIfAbsent(key, sealed, { ttlSeconds: graceSeconds }));
      // Whichever claim is there by now: the answer ends all of them. A token without a record was
      // revoked meanwhile.
      await records.update(recordId, (payload) => ({
        ...(payload && { payload: markAnswered(payload, toClaim(payload) ?? claim) }),
        result: undefined,
      }));
      return isFirst ? answer : ((await findAnswer(recordId)) ?? answer);
    },

    // An answered claim stays: a waiting request may have given the stored answer to its client.
    release: (held) => release(records, held, { evenAnswered: false }),

    toSuccessor: ({ recordId }, payload) => ({
      ...payload,
      sourceAnswer: keys.refreshAnswer(recordId),
    }),
  };
}

const toSourceAnswer = ({ sourceAnswer }: AdapterPayload): string | undefined =>
  sourceAnswer as string | undefined;

/**
 * From now on another use of the token is reuse, so this comes before any client gets the answer.
 */
const markAnswered = (payload: AdapterPayload, claim: Claim): AdapterPayload => ({
  ...payload,
  consumed: { ...claim, isAnswered: true },
});

const isSameRequest = (one: RefreshRequest, other: RefreshRequest): boolean =>
  one.clientId === other.clientId && one.scope === other.scope && one.resource === other.resource;
