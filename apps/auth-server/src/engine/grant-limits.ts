import { ACCESS_LEVELS } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { z } from "zod";
import type { StorageKeys } from "../storage/keys.ts";
import type { GrantLimits } from "./ports.ts";

const StoredLimits = z.object({
  access: z.enum(ACCESS_LEVELS),
  projects: z.union([z.literal("all"), z.array(z.int())]),
});

/** What users limited their grants to. The engine's grant forgets members it does not know. */
export interface GrantLimitsStore {
  find(grantId: string): Promise<GrantLimits | undefined>;
  keep(grantId: string, limits: GrantLimits): Promise<void>;
}

export interface GrantLimitsDeps {
  kv: Kv;
  keys: StorageKeys;
  /** As long as a new grant itself. */
  ttlSeconds: number;
}

/** One record beside each grant, in the grant's index, so that both end together. */
export const createGrantLimitsStore = ({
  kv,
  keys,
  ttlSeconds,
}: GrantLimitsDeps): GrantLimitsStore => ({
  find: async (grantId) => {
    const entry = await kv.get(keys.grantLimits(grantId));
    return entry && StoredLimits.parse(JSON.parse(entry.value));
  },
  keep: (grantId, limits) =>
    kv.set(keys.grantLimits(grantId), JSON.stringify(limits), {
      ttlSeconds,
      indexes: [keys.grantIndex(grantId)],
    }),
});
