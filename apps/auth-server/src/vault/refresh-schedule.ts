import type { Clock } from "@taiga-mcp/service";
import { createDueList, type Kv } from "@taiga-mcp/store";
import { createHash } from "node:crypto";
import { z } from "zod";
import type { KeyNames } from "../storage/key-names.ts";
import { findExpiry } from "./token-expiry.ts";

const DAY_SECONDS = 86_400;

/** A refresh token is renewed this long before it expires, or a quarter of its life if that is less. */
const AHEAD_SECONDS = 2 * DAY_SECONDS;

/**
 * Renewals are spread: each is up to this fraction of the time above earlier, depending on the
 * grant's name, so that all logins of one morning are not due at once.
 */
const SPREAD = 0.5;

/** A plan is kept this long after it is due: by then the refresh token has expired. */
const OVERDUE_SECONDS = 7 * DAY_SECONDS;

/** How long a lease lasts before the plan is due again: longer than any renewal takes. */
const LEASE_SECONDS = 15 * 60;

const StoredPlan = z.object({ grantId: z.string(), dueAt: z.number() });

/**
 * When to renew the Taiga login of each grant although no client uses it. The schedule is in the
 * store: it survives restarts, and all replicas share it. A plan is also in the index of its grant,
 * so it is deleted with the grant.
 */
export interface RefreshSchedule {
  /**
   * Plans the next renewal for a refresh token that was issued just now, and replaces the grant's
   * previous plan. Does nothing for a token without an expiry.
   */
  plan(grantId: string, refreshToken: string): Promise<void>;
  /** Names of the plans that are due, the longest due first. */
  due(limit: number): Promise<string[]>;
  /**
   * Leases a due plan for 15 minutes: exactly one replica gets it. If that replica dies or the
   * renewal fails, the plan is due again.
   * @returns the grant's id; `undefined` when another replica has the plan, or it is gone.
   */
  lease(name: string): Promise<string | undefined>;
  /** Deletes the plan of a grant that has ended. */
  remove(name: string): Promise<void>;
}

export interface RefreshScheduleDeps {
  kv: Kv;
  clock: Clock;
  keys: Pick<KeyNames, "renewalPlan" | "renewalPlans" | "grantIndex">;
}

export function createRefreshSchedule({ kv, clock, keys }: RefreshScheduleDeps): RefreshSchedule {
  const plans = createDueList<string>({
    kv,
    clock,
    index: keys.renewalPlans,
    leaseSeconds: LEASE_SECONDS,
    overdueSeconds: OVERDUE_SECONDS,
    codec: {
      encode: async (_name, grantId, dueAt) => JSON.stringify({ grantId, dueAt }),
      decode: async (_name, text) => readPlan(text)?.grantId,
    },
  });

  return {
    plan: async (grantId, refreshToken) => {
      const expiresAt = findExpiry(refreshToken);
      if (expiresAt === undefined) return;
      const dueAt = toDueAt(grantId, expiresAt, clock());
      const indexes = [keys.grantIndex(grantId)];
      await plans.add(keys.renewalPlan(grantId), grantId, { dueAt, indexes });
    },

    due: (limit) => plans.due(limit),
    lease: async (name) => (await plans.lease(name))?.value,
    remove: async (name) => void (await plans.remove(name)),
  };
}

/** @returns `undefined` for a text that is not a plan; the list then passes over it. */
function readPlan(text: string): z.output<typeof StoredPlan> | undefined {
  try {
    return StoredPlan.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function toDueAt(grantId: string, expiresAt: number, now: number): number {
  const ahead = Math.min(AHEAD_SECONDS, Math.max(0, expiresAt - now) / 4);
  return Math.floor(expiresAt - ahead * (1 + SPREAD * toFraction(grantId)));
}

/** A number from 0 to 1, as good as random, but always the same for the same text. */
const toFraction = (text: string): number =>
  createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
