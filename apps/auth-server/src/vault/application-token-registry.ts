import type { Clock, Logger } from "@taiga-mcp/service";
import { createDueList, type Kv, type LeasedEntry } from "@taiga-mcp/store";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { ApplicationCredential } from "../login/login-backend.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createSealedJson } from "./sealed-json.ts";

const DAY_SECONDS = 86_400;

/** Time between two checks of a token. */
const CHECK_EVERY_SECONDS = DAY_SECONDS;

/** How long a lease lasts before the token is due again. */
const LEASE_SECONDS = 15 * 60;

/** How long Taiga may be down before the registry gives up on a token that is due. */
const OVERDUE_SECONDS = 7 * DAY_SECONDS;

/** The members of a credential that are needed to revoke its token at Taiga. */
export type ApplicationToken = Pick<ApplicationCredential, "scheme" | "token" | "userId">;

const ApplicationToken = z.object({
  scheme: z.literal("Application"),
  token: z.string(),
  userId: z.int(),
});

/**
 * The application tokens that Taiga has issued and that are not revoked yet, one for each user. A
 * grant's records expire by themselves, and its token could not be revoked afterwards; entries of
 * this registry outlive them.
 */
export interface ApplicationTokenRegistry {
  /** Adds the token of a new login. Its first check is due after a day. */
  add(token: ApplicationToken): Promise<void>;
  /** Names of the entries that are due, the longest due first. */
  due(limit: number): Promise<string[]>;
  /** @returns `undefined` when another replica has it, or it is gone or cannot be opened. */
  lease(name: string): Promise<LeasedEntry<ApplicationToken> | undefined>;
  /** For a token that its user still needs: makes it due a day later and seals it with the current key. */
  reschedule(entry: LeasedEntry<ApplicationToken>): Promise<void>;
  /** Removes a revoked token; a newer token of the same user stays. */
  remove(token: ApplicationToken): Promise<void>;
}

export interface ApplicationTokenRegistryDeps {
  kv: Kv;
  seal: Sealer;
  clock: Clock;
  keys: Pick<KeyNames, "sharedToken" | "sharedTokens">;
  toAccountId: (userId: number) => string;
  logger: Logger;
}

export function createApplicationTokenRegistry(
  deps: ApplicationTokenRegistryDeps,
): ApplicationTokenRegistry {
  const { kv, clock, keys, toAccountId } = deps;
  const records = createSealedJson<ApplicationToken>({ ...deps, schema: ApplicationToken });
  const entries = createDueList<ApplicationToken>({
    kv,
    clock,
    index: keys.sharedTokens,
    leaseSeconds: LEASE_SECONDS,
    overdueSeconds: OVERDUE_SECONDS,
    codec: {
      encode: (name, token) => records.seal(name, token),
      decode: (name, text) => records.open(name, text),
    },
  });
  const nameOf = ({ userId }: ApplicationToken): string => keys.sharedToken(toAccountId(userId));
  const nextCheck = () => ({ dueAt: clock() + CHECK_EVERY_SECONDS });

  return {
    add: async ({ scheme, token, userId }) => {
      const value = { scheme, token, userId };
      await entries.add(nameOf(value), value, nextCheck());
    },

    due: (limit) => entries.due(limit),

    lease: (name) => entries.lease(name),

    reschedule: async (entry) => void (await entries.reschedule(entry, nextCheck())),

    remove: async (revoked) =>
      void (await entries.remove(nameOf(revoked), ({ token }) => token === revoked.token)),
  };
}
