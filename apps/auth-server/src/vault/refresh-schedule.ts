import type { Clock } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { createHash } from "node:crypto";
import { z } from "zod";
import type { KeyNames } from "../storage/key-names.ts";
import { findExpiry } from "./token-expiry.ts";

const DAY_SECONDS = 86_400;

/** A refresh token is renewed this long before its end, or a quarter of its life if that is less. */
const AHEAD_SECONDS = 2 * DAY_SECONDS;

/** How much earlier still, by chance of the grant's name: logins of one morning are not due at once. */
const SPREAD = 0.5;

/** A plan is kept this long after it is due: by then nothing is left to renew. */
const OVERDUE_SECONDS = 7 * DAY_SECONDS;

/** How long a lease lasts, then the plan is due again: longer than any renewal takes. */
const RETRY_SECONDS = 15 * 60;

const StoredPlan = z.object({ grantId: z.string(), dueAt: z.number() });

/**
 * When the Taiga login of each grant must be renewed although nobody uses it. It is in the store,
 * so that it survives restarts, and every replica works on the same one.
 *
 * A plan is an entry that ends a fixed time after it is due: so those that end first are those
 * that are due first. It is in the index of its grant and goes with it.
 */
export interface RefreshSchedule {
  /**
   * Plans for a refresh token that was issued just now, in place of what was planned before. One
   * that does not say when it ends is left alone.
   */
  plan(grantId: string, refreshToken: string): Promise<void>;
  /** Names of the plans that are due, the longest due first. */
  due(limit: number): Promise<string[]>;
  /**
   * Leases a due plan for 15 minutes: exactly one of all replicas gets it, and when that one dies
   * or fails, the plan is due again.
   * @returns the grant; `undefined` when somebody else has it, or it is gone.
   */
  lease(name: string): Promise<string | undefined>;
  /** Nothing is left to renew. */
  forget(name: string): Promise<void>;
}

export interface RefreshScheduleDeps {
  kv: Kv;
  clock: Clock;
  keys: Pick<KeyNames, "renewalPlan" | "renewalPlans" | "grantIndex">;
}

export function createRefreshSchedule({ kv, clock, keys }: RefreshScheduleDeps): RefreshSchedule {
  const toTtl = (dueAt: number): number => Math.max(1, dueAt - clock() + OVERDUE_SECONDS);

  return {
    plan: async (grantId, refreshToken) => {
      const endsAt = findExpiry(refreshToken);
      if (endsAt === undefined) return;
      const dueAt = toDueAt(grantId, endsAt, clock());
      await kv.set(keys.renewalPlan(grantId), JSON.stringify({ grantId, dueAt }), {
        ttlSeconds: toTtl(dueAt),
        indexes: [keys.renewalPlans, keys.grantIndex(grantId)],
      });
    },

    due: (limit) => kv.firstToEnd(keys.renewalPlans, { withinSeconds: OVERDUE_SECONDS, limit }),

    lease: async (name) => {
      const entry = await kv.get(name);
      if (entry === undefined) return undefined;
      const plan = readPlan(entry.value);
      // The list may be a minute old: another replica may have renewed and planned anew.
      if (plan === undefined || plan.dueAt > clock()) return undefined;
      const { grantId } = plan;
      const retryAt = clock() + RETRY_SECONDS;
      const leased = JSON.stringify({ grantId, dueAt: retryAt });
      const isOurs = await kv.compareAndSet(name, entry.value, leased, {
        ttlSeconds: toTtl(retryAt),
      });
      return isOurs ? grantId : undefined;
    },

    forget: async (name) => {
      await kv.delete(name);
    },
  };
}

/** @returns `undefined` for what is no plan: it must not keep those behind it from their turn. */
function readPlan(text: string): z.output<typeof StoredPlan> | undefined {
  try {
    return StoredPlan.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function toDueAt(grantId: string, endsAt: number, now: number): number {
  const ahead = Math.min(AHEAD_SECONDS, Math.max(0, endsAt - now) / 4);
  return Math.floor(endsAt - ahead * (1 + SPREAD * toFraction(grantId)));
}

/** The same number from 0 to 1 for the same text, as good as random. */
const toFraction = (text: string): number =>
  createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
