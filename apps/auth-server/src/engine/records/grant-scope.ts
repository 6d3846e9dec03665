import { ACCESS_LEVELS, UnavailableError } from "@taiga-mcp/service";
import type { AdapterPayload } from "oidc-provider";
import { z } from "zod";
import type { GrantScope } from "../boundary/ports.ts";
import type { RecordStore } from "./record-store.ts";

const StoredScope = z.object({
  access: z.enum(ACCESS_LEVELS),
  projects: z.union([z.literal("all"), z.array(z.int())]),
});

/** What users limited their grants to: a member of the grant's own record, so that both are one. */
export interface GrantScopeStore {
  /** @throws {UnavailableError} when the grant was ended meanwhile. */
  keep(grantId: string, limits: GrantScope): Promise<void>;
}

/**
 * Writes past the engine, whose model of a grant forgets members that it does not know. It saves a
 * grant once, when it is made; one that it saved again would be without limits and worth nothing.
 */
export const createGrantScopeStore = (
  grants: Pick<RecordStore, "read" | "rewrite">,
): GrantScopeStore => ({
  keep: async (grantId, limits) => {
    const grant = await grants.read(grantId);
    if (grant !== undefined && (await grants.rewrite(grantId, { ...grant, limits }))) return;
    throw new UnavailableError("The grant was ended as soon as it was made.");
  },
});

/** @returns `undefined` for a grant that nobody has limited yet, which is good for nothing. */
export const toGrantScope = (grant: AdapterPayload): GrantScope | undefined =>
  StoredScope.safeParse(grant["limits"]).data;
