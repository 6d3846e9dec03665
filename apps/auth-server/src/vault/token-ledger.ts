import type { Clock, Logger } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { ApplicationCredential } from "../login/login-backend.ts";
import type { StorageKeys } from "../storage/keys.ts";
import { createSealedJson } from "./sealed-json.ts";

const DAY_SECONDS = 86_400;

/** From one look at a token to the next. */
const LOOK_SECONDS = DAY_SECONDS;

/** Whoever takes a token to look at it has this long, then it is due again. */
const RETRY_SECONDS = 15 * 60;

/** How long Taiga may be away until a token that is due is given up. */
const OVERDUE_SECONDS = 7 * DAY_SECONDS;

/** What it takes to end an application's token at Taiga. */
export type SharedToken = Pick<ApplicationCredential, "scheme" | "token" | "userId">;

const SharedToken = z.object({
  scheme: z.literal("Application"),
  token: z.string(),
  userId: z.int(),
});

/** An entry that was taken. */
export interface LedgerEntry {
  name: string;
  token: SharedToken;
  /** Another one after every change. */
  sealed: string;
}

/**
 * The application tokens that Taiga has given us and that were not taken back, one for each user.
 * The records of a grant end with it, by themselves, and nobody would know its token then; what is
 * here outlives them.
 *
 * As in the renewal calendar, an entry ends a fixed time after it is due.
 */
export interface TokenLedger {
  /** Of a new login: it is looked at within a day. */
  enter(token: SharedToken): Promise<void>;
  /** Names of the entries that are due, the longest due first. */
  due(limit: number): Promise<string[]>;
  /** @returns `undefined` when another replica has it, or it is gone or cannot be opened. */
  take(name: string): Promise<LedgerEntry | undefined>;
  /** Its user needs it: it is due again a day later, and sealed anew, in case the key has changed. */
  keep(entry: LedgerEntry): Promise<void>;
  /** It has ended. One that the user has got since then stays. */
  strike(token: SharedToken): Promise<void>;
}

export interface TokenLedgerDeps {
  kv: Kv;
  seal: Sealer;
  clock: Clock;
  keys: Pick<StorageKeys, "sharedToken" | "sharedTokens">;
  toAccountId: (userId: number) => string;
  logger: Logger;
}

export function createTokenLedger(deps: TokenLedgerDeps): TokenLedger {
  const { kv, clock, keys, toAccountId } = deps;
  const records = createSealedJson<SharedToken>({ ...deps, schema: SharedToken });
  const nameOf = ({ userId }: SharedToken): string => keys.sharedToken(toAccountId(userId));

  return {
    enter: async ({ scheme, token, userId }) => {
      const value = { scheme, token, userId };
      const name = nameOf(value);
      await kv.set(name, await records.seal(name, value), {
        ttlSeconds: LOOK_SECONDS + OVERDUE_SECONDS,
        indexes: [keys.sharedTokens],
      });
    },

    due: (limit) => kv.firstToEnd(keys.sharedTokens, { withinSeconds: OVERDUE_SECONDS, limit }),

    take: async (name) => {
      const entry = await kv.get(name);
      // The list may be a while old: another replica may have looked.
      if (entry === undefined || entry.expiresAt > clock() + OVERDUE_SECONDS) return undefined;
      const ttlSeconds = RETRY_SECONDS + OVERDUE_SECONDS;
      if (!(await kv.compareAndSet(name, entry.value, entry.value, { ttlSeconds })))
        return undefined;
      const record = await records.read(name);
      return record && { name, token: record.value, sealed: record.sealed };
    },

    keep: async ({ name, token, sealed }) => {
      const ttlSeconds = LOOK_SECONDS + OVERDUE_SECONDS;
      await kv.compareAndSet(name, sealed, await records.seal(name, token), { ttlSeconds });
    },

    strike: async (token) => {
      const name = nameOf(token);
      const record = await records.read(name);
      if (record?.value.token === token.token) await kv.compareAndDelete(name, record.sealed);
    },
  };
}
