import type { Kv } from "@taiga-mcp/store";
import { type BoundedRecords, createBoundedRecords } from "../../storage/bounded-records.ts";
import type { KeyNames } from "../../storage/key-names.ts";
import { INTERACTION_TTL_SECONDS } from "../../storage/interaction-lifetimes.ts";
import { COPY_TTL_SECONDS } from "./document-clients.ts";
import { UNUSED_CLIENT_TTL_SECONDS } from "./records.ts";

export interface UnusedClientsDeps {
  kv: Pick<Kv, "firstToEnd" | "deleteMembers">;
  keys: Pick<KeyNames, "newcomerClients" | "otherClients" | "clientIndexOf" | "clientGrantsOf">;
  /** How many of them the store keeps. */
  maximum: number;
}

/**
 * Bounds the registrations without a consent. Consent extends a registration beyond the
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
      if (!(await hasGrant(kv, keys.clientGrantsOf(clientKey))))
        await kv.deleteMembers(keys.clientIndexOf(clientKey));
    },
  });

/** Longer than any grant lives. */
const EVER_SECONDS = 10 * 365 * 86_400;

/** A client that all users share may have thousands: reads one. */
const hasGrant = async (kv: Pick<Kv, "firstToEnd">, clientGrants: string): Promise<boolean> =>
  (await kv.firstToEnd(clientGrants, { withinSeconds: EVER_SECONDS, limit: 1 })).length > 0;

export interface UnusedDocumentsDeps {
  kv: Pick<Kv, "firstToEnd" | "delete">;
  keys: Pick<KeyNames, "newcomerDocuments" | "otherDocuments" | "clientGrantsOf">;
  /** How many of them the store keeps. */
  maximum: number;
}

/** Bounds the copies of metadata documents; that of a client with a grant is never deleted. */
export const createUnusedDocuments = ({ kv, keys, maximum }: UnusedDocumentsDeps): BoundedRecords =>
  createBoundedRecords({
    kv,
    indexes: { newcomers: keys.newcomerDocuments, others: keys.otherDocuments },
    maximum,
    unusedTtlSeconds: COPY_TTL_SECONDS,
    deleteUnused: async (key) => {
      if (!(await hasGrant(kv, keys.clientGrantsOf(key)))) await kv.delete(key);
    },
  });

export interface PendingLoginsDeps {
  kv: Pick<Kv, "firstToEnd" | "delete">;
  keys: Pick<KeyNames, "newcomerInteractions" | "otherInteractions">;
  /** How many of them the store keeps. */
  maximum: number;
}

/** Bounds the authorization requests without a login. */
export const createPendingLogins = ({ kv, keys, maximum }: PendingLoginsDeps): BoundedRecords =>
  createBoundedRecords({
    kv,
    indexes: { newcomers: keys.newcomerInteractions, others: keys.otherInteractions },
    maximum,
    unusedTtlSeconds: INTERACTION_TTL_SECONDS,
    deleteUnused: async (key) => void (await kv.delete(key)),
  });
