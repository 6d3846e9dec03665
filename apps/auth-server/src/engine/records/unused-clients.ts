import type { Kv } from "@taiga-mcp/store";
import { type BoundedRecords, createBoundedRecords } from "../../storage/bounded-records.ts";
import type { KeyNames } from "../../storage/key-names.ts";
import { UNUSED_CLIENT_TTL_SECONDS } from "./records.ts";

export interface UnusedClientsDeps {
  kv: Pick<Kv, "firstToEnd" | "members" | "deleteMembers">;
  keys: Pick<KeyNames, "newcomerClients" | "otherClients" | "clientIndexOf" | "clientGrantsOf">;
  /** How many of them the store keeps. */
  maximum: number;
}

/**
 * Bounds the registrations that nobody has consented to. Consent extends a registration beyond the
 * lifetime of an unused one, so that it is not counted any more; one that has a grant is never
 * deleted.
 */
export const createUnusedClients = ({ kv, keys, maximum }: UnusedClientsDeps): BoundedRecords =>
  createBoundedRecords({
    kv,
    indexes: { newcomers: keys.newcomerClients, others: keys.otherClients },
    maximum,
    unusedTtlSeconds: UNUSED_CLIENT_TTL_SECONDS,
    deleteUnused: async (clientKey) => {
      // Consent stores the grant before it extends the registration.
      const grants = await kv.members(keys.clientGrantsOf(clientKey));
      if (grants.length === 0) await kv.deleteMembers(keys.clientIndexOf(clientKey));
    },
  });
