import type { Clock, Logger } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { ApplicationCredential } from "../login/login-backend.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createSealedJson } from "./sealed-json.ts";

const DAY_SECONDS = 86_400;

/** From one look at a token to the next. */
const LOOK_SECONDS = DAY_SECONDS;

/** How long a lease lasts; then the token is due again. */
const RETRY_SECONDS = 15 * 60;

/** How long Taiga may be away until a token that is due is given up. */
const OVERDUE_SECONDS = 7 * DAY_SECONDS;

/** What it takes to end an application's token at Taiga. */
export type ApplicationToken = Pick<ApplicationCredential, "scheme" | "token" | "userId">;

const ApplicationToken = z.object({
  scheme: z.literal("Application"),
  token: z.string(),
  userId: z.int(),
});

/** A leased entry. */
export interface RegistryEntry {
  name: string;
  token: ApplicationToken;
  /** Another one after every change. */
  sealed: string;
}

/**
 * The application tokens that Taiga has given us and that were not taken back, one for each user.
 * The records of a grant end with it, by themselves, and nobody would know its token then; what is
 * here outlives them.
 *
 * As in the refresh schedule, an entry ends a fixed time after it is due.
 */
export interface ApplicationTokenRegistry {
  /** Adds the token of a new login; it is due within a day. */
  add(token: ApplicationToken): Promise<void>;
  /** Names of the entries that are due, the longest due first. */
  due(limit: number): Promise<string[]>;
  /** @returns `undefined` when another replica has it, or it is gone or cannot be opened. */
  lease(name: string): Promise<RegistryEntry | undefined>;
  /** Its user needs it: due again a day later, and sealed anew, in case the key has changed. */
  reschedule(entry: RegistryEntry): Promise<void>;
  /** Removes a token that has ended; a newer one of the same user stays. */
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
  const nameOf = ({ userId }: ApplicationToken): string => keys.sharedToken(toAccountId(userId));

  return {
    add: async ({ scheme, token, userId }) => {
      const value = { scheme, token, userId };
      const name = nameOf(value);
      await kv.set(name, await records.seal(name, value), {
        ttlSeconds: LOOK_SECONDS + OVERDUE_SECONDS,
        indexes: [keys.sharedTokens],
      });
    },

    due: (limit) => kv.firstToEnd(keys.sharedTokens, { withinSeconds: OVERDUE_SECONDS, limit }),

    lease: async (name) => {
      const entry = await kv.get(name);
      // The list may be a while old: another replica may have looked.
      if (entry === undefined || entry.expiresAt > clock() + OVERDUE_SECONDS) return undefined;
      const ttlSeconds = RETRY_SECONDS + OVERDUE_SECONDS;
      if (!(await kv.compareAndSet(name, entry.value, entry.value, { ttlSeconds })))
        return undefined;
      const record = await records.read(name);
      return record && { name, token: record.value, sealed: record.sealed };
    },

    reschedule: async ({ name, token, sealed }) => {
      const ttlSeconds = LOOK_SECONDS + OVERDUE_SECONDS;
      await kv.compareAndSet(name, sealed, await records.seal(name, token), { ttlSeconds });
    },

    remove: async (token) => {
      const name = nameOf(token);
      const record = await records.read(name);
      if (record?.value.token === token.token) await kv.compareAndDelete(name, record.sealed);
    },
  };
}
