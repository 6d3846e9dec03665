import { ACCESS_LEVELS, UnavailableError } from "@taiga-mcp/service";
import type { AdapterPayload } from "oidc-provider";
import { z } from "zod";
import type { GrantScope } from "../boundary/ports.ts";
import type { RecordStore } from "./record-store.ts";

const StoredScope = z.object({
  access: z.enum(ACCESS_LEVELS),
  projects: z.union([z.literal("all"), z.array(z.int())]),
});

/**
 * Limits that users set on their grants; a member of the grant's own record, so that both end
 * together.
 */
export interface GrantScopeStore {
  /** @throws {UnavailableError} when the grant has ended meanwhile. */
  keep(grantId: string, limits: GrantScope): Promise<void>;
}

/**
 * Writes past oidc-provider, whose model of a grant drops unknown members. oidc-provider saves a
 * grant once, when it is made; if it saved it again, the limits would be lost and the grant be
 * worth nothing.
 */
export const createGrantScopeStore = (
  grants: Pick<RecordStore, "read" | "rewrite">,
): GrantScopeStore => ({
  keep: async (grantId, limits) => {
    const grant = await grants.read(grantId);
    if (grant !== undefined && (await grants.rewrite(grantId, { ...grant, limits }))) return;
    throw new UnavailableError("The new grant has ended before its limits were stored.");
  },
});

/** @returns `undefined` for a grant whose limits are not stored yet; it gives no access. */
export const toGrantScope = (grant: AdapterPayload): GrantScope | undefined =>
  StoredScope.safeParse(grant["limits"]).data;
