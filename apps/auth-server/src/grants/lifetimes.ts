import type { Kv } from "@taiga-mcp/store";
import type { KeyNames } from "../storage/key-names.ts";

/** A client is remembered this long after its last grant or refresh; longer than any login lasts. */
const CLIENT_TTL_SECONDS = 180 * 86_400;

/** A grant and whose it is. */
interface GrantRef {
  grantId: string;
  clientId: string;
  accountId: string;
}

/** The grant that a code or a refresh token belongs to; the engine's types leave members open. */
export function toGrantRef(
  token: { [Member in keyof GrantRef]?: GrantRef[Member] | undefined } | undefined,
): GrantRef {
  const { grantId, clientId, accountId } = token ?? {};
  if (grantId === undefined || clientId === undefined || accountId === undefined) {
    throw new TypeError("A token without its grant.");
  }
  return { grantId, clientId, accountId };
}

export interface LifetimesDeps {
  kv: Kv;
  keys: KeyNames;
  grantTtlSeconds: number;
}

/** Moves the ends of what is in use. Nothing here can bring back what was revoked meanwhile. */
export interface Lifetimes {
  /** The grant was used: it, its Taiga credential and its client live on. */
  extendGrant(grant: GrantRef): Promise<void>;
  keepClient(clientId: string): Promise<void>;
}

/**
 * A login lasts as long as it is used: the exchange of its code gives it its whole lifetime, and
 * each refresh gives it that again.
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
