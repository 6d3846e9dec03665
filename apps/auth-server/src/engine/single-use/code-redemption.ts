import type { Clock } from "@taiga-mcp/service";
import { type Adapter, errors, type KoaContextWithOIDC, Provider } from "oidc-provider";
import type { EvictOldest } from "../../grants/grant-limit.ts";
import { type Lifetimes, toGrantRef } from "../../grants/lifetimes.ts";
import type { RecordStore } from "../records/record-store.ts";
import {
  endClaim,
  type HeldClaim,
  isAtWork,
  release,
  toClaim,
  toClaimed,
  waitForPeer,
  withoutClaim,
} from "./claims.ts";

export interface CodeRedemptionDeps {
  /** Of authorization codes. */
  records: RecordStore;
  lifetimes: Pick<Lifetimes, "extendGrant">;
  evictOldest: EvictOldest;
  clock: Clock;
  sleep: (ms: number) => Promise<void>;
}

/**
 * Authorization codes are single-use (RFC 6749 §4.1.2). A redemption that fails, because the store
 * does in the middle of it, does not count: the client tries again and its user need not log in
 * again.
 */
export interface CodeRedemption {
  /** What oidc-provider's adapter does with codes. */
  adapter: Pick<Adapter, "find" | "consume">;
  /** Around the whole engine: marks the code as redeemed, or releases it. */
  middleware: (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>;
}

export function createCodeRedemption(deps: CodeRedemptionDeps): CodeRedemption {
  const { records, lifetimes, evictOldest, clock, sleep } = deps;
  const claims = new WeakMap<object, HeldClaim>();

  /** One look: the claim, or `undefined` while another request is at work. */
  const claimCode = (code: string): Promise<HeldClaim | undefined> =>
    records.update<HeldClaim | undefined>(code, (payload) => {
      const earlier = payload && toClaim(payload);
      if (payload === undefined || earlier?.isAnswered) throw codeUsed();
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
        // oidc-provider revokes the grant of a code that it finds consumed.
        return payload && toClaim(payload)?.isAnswered === false ? withoutClaim(payload) : payload;
      },
      consume: async (code) => {
        const payload = await records.read(code);
        if (payload === undefined) throw codeUsed();
        // Before the claim: if this fails, the client can send the code again.
        const grant = toGrantRef(payload);
        await lifetimes.extendGrant(grant);
        await evictOldest(grant);
        const held = await waitForPeer(() => claimCode(code), sleep);
        if (Provider.ctx !== undefined) claims.set(Provider.ctx, held);
      },
    },

    middleware: async (ctx, next) => {
      await next();
      const held = claims.get(ctx);
      if (held === undefined) return;
      await endClaim(ctx, {
        settle: async () => {
          if (!(await markAnswered(held))) refuse(ctx);
        },
        // Only this request can have marked it, perhaps without learning that it did.
        release: () => release(records, held, { evenAnswered: true }),
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
