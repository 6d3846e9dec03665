import type { Clock } from "@taiga-mcp/service";
import {
  type Adapter,
  type AdapterPayload,
  errors,
  type KoaContextWithOIDC,
  Provider,
} from "oidc-provider";
import type { EvictOldest } from "../../grants/grant-limit.ts";
import { type Lifetimes, toGrantRef } from "../../grants/lifetimes.ts";
import { insideEngine } from "../boundary/store-unavailable.ts";
import type { RecordStore } from "../records/record-store.ts";
import {
  type Claim,
  endClaim,
  type HeldClaim,
  isAtWork,
  release,
  toClaim,
  toClaimed,
  waitForPeer,
  withoutClaim,
} from "./claims.ts";

/**
 * How long after its redemption a client may send a code again without losing its login, in
 * seconds: longer than the second click of a user or the retry of an HTTP library takes.
 */
const REPEAT_SECONDS = 10;

export interface CodeRedemptionDeps {
  /** Of authorization codes. */
  records: RecordStore;
  lifetimes: Pick<Lifetimes, "extendGrant">;
  evictOldest: EvictOldest;
  /** Revokes all tokens of a grant. */
  endGrant: (grantId: string) => Promise<void>;
  clock: Clock;
  sleep: (ms: number) => Promise<void>;
}

/**
 * Authorization codes are single-use (RFC 6749 §4.1.2). A redemption that fails, because the store
 * does in the middle of it, does not count: the client tries again and its user need not log in
 * again.
 *
 * A redeemed code that arrives again is refused, and revokes the tokens it gave, because it may be
 * stolen. There is one exception: within `REPEAT_SECONDS`, the same client sends it with the right
 * verifier and redirect URI. That request proves what the first one proved, so it comes from the
 * client itself, which still has the tokens.
 */
export interface CodeRedemption {
  /** What oidc-provider's adapter does with codes. */
  adapter: Pick<Adapter, "find" | "consume">;
  /** Around the whole engine: marks the code as redeemed, or releases it; revokes on a replay. */
  middleware: (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>;
}

export function createCodeRedemption(deps: CodeRedemptionDeps): CodeRedemption {
  const { records, lifetimes, evictOldest, endGrant, clock, sleep } = deps;
  const claims = new WeakMap<object, HeldClaim>();
  /** Requests with a code that was redeemed before, and the grant to revoke for it. */
  const replays = new WeakMap<object, string>();

  /**
   * Claims of requests that failed because the store did not confirm their last write, and did not
   * let them release the claim either. Such a code counts as unused, whatever the store holds:
   * otherwise the client could get no tokens for it, and nobody would have those that exist.
   */
  const failed = new Set<string>();

  const isRedeemed = (claim: Claim | undefined): boolean =>
    claim !== undefined && claim.isAnswered && !failed.has(claim.id);

  const isRepeat = ({ startedAt }: Claim): boolean => clock() <= startedAt + REPEAT_SECONDS;

  function noteReplay({ grantId }: AdapterPayload): void {
    if (Provider.ctx !== undefined && grantId !== undefined) replays.set(Provider.ctx, grantId);
  }

  /** One look: the claim, or `undefined` while another request is at work. */
  const claimCode = (code: string): Promise<HeldClaim | undefined> =>
    records.update<HeldClaim | undefined>(code, (payload) => {
      const earlier = payload && toClaim(payload);
      if (payload === undefined || isRedeemed(earlier)) throw codeUsed();
      const isBusy = earlier !== undefined && isAtWork(earlier, clock());
      return isBusy ? { result: undefined } : toClaimed(code, payload, clock());
    });

  /** @returns false when another request took over: that one has the answer. */
  const markAnswered = ({ recordId, claim }: HeldClaim): Promise<boolean> =>
    records.update(recordId, (payload) => {
      if (payload === undefined || toClaim(payload)?.id !== claim.id) return { result: false };
      return { payload: { ...payload, consumed: { ...claim, isAnswered: true } }, result: true };
    });

  return {
    adapter: {
      find: async (code) => {
        const payload = await records.read(code);
        if (payload === undefined) return undefined;
        if (isRedeemed(toClaim(payload))) noteReplay(payload);
        // oidc-provider revokes the grant of a code that it finds consumed, and looks at the client,
        // the redirect URI and the verifier only of one that it does not.
        return withoutClaim(payload);
      },
      // oidc-provider calls this after all of its checks.
      consume: async (code) => {
        const payload = await records.read(code);
        if (payload === undefined) throw codeUsed();
        const earlier = toClaim(payload);
        if (Provider.ctx !== undefined && earlier !== undefined && isRepeat(earlier)) {
          replays.delete(Provider.ctx);
        }
        // First, because only one request may extend the grant and end others: the one that
        // redeems the code.
        const held = await waitForPeer(() => claimCode(code), sleep);
        // From here on, `middleware` releases the claim when the request fails.
        if (Provider.ctx !== undefined) claims.set(Provider.ctx, held);
        const grant = toGrantRef(payload);
        await lifetimes.extendGrant(grant);
        await evictOldest(grant);
      },
    },

    middleware: async (ctx, next) => {
      await next();
      const replayed = replays.get(ctx);
      // A request that failed for another reason can be repeated, and is judged then.
      if (replayed !== undefined && ctx.status === 400) {
        await insideEngine(() => endGrant(replayed));
        return;
      }
      const held = claims.get(ctx);
      if (held === undefined) return;
      await endClaim(ctx, {
        settle: async () => {
          if (!(await markAnswered(held))) refuse(ctx);
        },
        // Only this request can have marked it, perhaps without learning that it did.
        release: async () => {
          failed.add(held.claim.id);
          await release(records, held, { evenAnswered: true });
          failed.delete(held.claim.id);
        },
      });
    },
  };
}

/** This request counted as dead, and the one that took over has the answer. */
function refuse(ctx: KoaContextWithOIDC): void {
  const { error, error_description: description } = codeUsed();
  ctx.status = 400;
  ctx.body = { error, error_description: description };
}

const codeUsed = () => new errors.InvalidGrant("authorization code already consumed");
