import type { Kv } from "@taiga-mcp/store";
import type { KeyNames } from "../storage/key-names.ts";

/** A client registration is kept this long after its last grant or refresh: longer than any login lasts. */
const CLIENT_TTL_SECONDS = 180 * 86_400;

/** A grant with its client and its user. */
interface GrantRef {
  grantId: string;
  clientId: string;
  accountId: string;
}

/**
 * The grant that a code or a refresh token belongs to.
 * @throws {TypeError} when a member is missing, which the engine's types allow.
 */
export function toGrantRef(
  token: { [Member in keyof GrantRef]?: GrantRef[Member] | undefined } | undefined,
): GrantRef {
  const { grantId, clientId, accountId } = token ?? {};
  if (grantId === undefined || clientId === undefined || accountId === undefined) {
    throw new TypeError("The token has no grant.");
  }
  return { grantId, clientId, accountId };
}

export interface LifetimesDeps {
  kv: Kv;
  keys: KeyNames;
  grantTtlSeconds: number;
}

/** Extends the lifetimes of records in use. It cannot restore records that were revoked meanwhile. */
export interface Lifetimes {
  /** Called when a grant was used: extends it, its Taiga credential and its client. */
  extendGrant(grant: GrantRef): Promise<void>;
  /** Called when a client was used without a grant. */
  keepClient(clientId: string): Promise<void>;
}

/**
 * A login lasts as long as it is used: the exchange of its code gives it the full lifetime, and each
 * refresh gives it the full lifetime again.
 */
export function createLifetimes({ kv, keys, grantTtlSeconds }: LifetimesDeps): Lifetimes {
  async function keepClient(clientId: string): Promise<void> {
    const indexes = [keys.clientIndex(clientId)];
    const registration = await kv.members(keys.clientIndex(clientId));
    await Promise.all(
      registration.map((key) => kv.touch(key, { ttlSeconds: CLIENT_TTL_SECONDS, indexes })),
    );
  }

  return {
    keepClient,
    extendGrant: async ({ grantId, clientId, accountId }) => {
      const ttlSeconds = grantTtlSeconds;
      const indexes = [keys.grantIndex(grantId)];
      const owners = [keys.clientGrants(clientId), keys.accountGrants(accountId)];
      await Promise.all([
        kv.touch(keys.grant(grantId), { ttlSeconds, indexes: [...indexes, ...owners] }),
        kv.touch(keys.vault(grantId), { ttlSeconds, indexes }),
        keepClient(clientId),
      ]);
    },
  };
}
