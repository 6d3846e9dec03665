import { type Clock, UnavailableError } from "@taiga-mcp/service";
import { randomUUID } from "node:crypto";
import {
  type Adapter,
  type AdapterPayload,
  errors,
  type KoaContextWithOIDC,
  Provider,
} from "oidc-provider";
import type { EvictOldest } from "../../grants/grant-limit.ts";
import { type Lifetimes, toGrantRef } from "../../grants/lifetimes.ts";
import type { RecordStore, StoredRecord } from "../records/record-store.ts";
import { insideEngine } from "../boundary/store-unavailable.ts";
import { isAtWork, waitForPeer } from "./wait-for-peer.ts";

/** The use of a code, kept in the code's own record. */
interface Redemption {
  /** Names this one use among those that took over from one another. */
  id: string;
  /** When the request that holds it began, epoch seconds. */
  startedAt: number;
  /** False until its tokens are all stored: nobody was given any before. */
  isAnswered: boolean;
}

export interface CodeRedemptionDeps {
  records: RecordStore;
  lifetimes: Pick<Lifetimes, "extendGrant">;
  evictOldest: EvictOldest;
  clock: Clock;
  sleep: (ms: number) => Promise<void>;
}

/**
 * Authorization codes are used once (RFC 6749 §4.1.2), and a use that came to no answer, because the
 * store failed in the middle of it, is none: the client tries again instead of its user.
 */
export interface CodeRedemption {
  /** What the engine's adapter does with codes. */
  adapter: Pick<Adapter, "find" | "consume">;
  /** Around the whole engine: says that a code was answered, or gives it back. */
  middleware: (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>;
}

/** @param deps.records of authorization codes. */
export function createCodeRedemption(deps: CodeRedemptionDeps): CodeRedemption {
  const { records, lifetimes, evictOldest, clock, sleep } = deps;
  const uses = new WeakMap<object, { code: string; record: StoredRecord }>();

  /** One look: our use, or `undefined` while another request is at work. */
  async function attempt(code: string): Promise<StoredRecord | undefined> {
    const record = await records.read(code);
    const earlier = record && toUse(record.payload);
    if (record === undefined || earlier?.isAnswered === true) throw codeUsed();
    if (earlier !== undefined && isAtWork(earlier.startedAt, clock())) return undefined;
    const consumed: Redemption = { id: randomUUID(), startedAt: clock(), isAnswered: false };
    return await records.swap(code, record, { ...record.payload, consumed });
  }

  /**
   * A request that failed did not use the code, whether that was written down already or not. Best
   * effort: when the store is down, the client takes the use over a little later.
   */
  async function giveBack(code: string, ours: StoredRecord): Promise<void> {
    try {
      const record = await records.read(code);
      if (record === undefined || toUse(record.payload)?.id !== toUse(ours.payload)?.id) return;
      const { consumed: _given, ...unused } = record.payload;
      await records.swap(code, record, unused);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
    }
  }

  return {
    adapter: {
      find: async (code) => {
        const payload = (await records.read(code))?.payload;
        // The engine revokes the grant on sight of a use.
        if (payload === undefined || toUse(payload)?.isAnswered !== false) return payload;
        const { consumed: _hidden, ...unused } = payload;
        return unused;
      },
      consume: async (code) => {
        const record = await records.read(code);
        if (record === undefined) throw codeUsed();
        // First, because a code that is used up when this fails could not be tried again.
        const grant = toGrantRef(record.payload);
        await lifetimes.extendGrant(grant);
        await evictOldest(grant);
        const used = await waitForPeer(() => attempt(code), sleep);
        if (Provider.ctx !== undefined) uses.set(Provider.ctx, { code, record: used });
      },
    },

    middleware: async (ctx, next) => {
      await next();
      const use = uses.get(ctx);
      if (use === undefined) return;
      const { code, record } = use;
      if (ctx.status !== 200) return giveBack(code, record);
      const consumed = { ...toUse(record.payload), isAnswered: true };
      try {
        await insideEngine(async () => {
          const isOurs = await records.swap(code, record, { ...record.payload, consumed });
          if (isOurs === undefined) refuse(ctx);
        });
      } catch (error) {
        await giveBack(code, record);
        throw error;
      }
    },
  };
}

/** This request was taken for dead, and the one that took over has the answer. */
function refuse(ctx: KoaContextWithOIDC): void {
  const { error, error_description: description } = codeUsed();
  ctx.status = 400;
  ctx.body = { error, error_description: description };
}

/** Older versions of this program wrote a number where the use is: those are answered. */
function toUse({ consumed }: AdapterPayload): Redemption | undefined {
  if (consumed === undefined) return undefined;
  if (typeof consumed === "object") return consumed as Redemption;
  return { id: "", startedAt: 0, isAnswered: true };
}

const codeUsed = () => new errors.InvalidGrant("authorization code already consumed");
