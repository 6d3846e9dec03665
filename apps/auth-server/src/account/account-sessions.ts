import type { Logger } from "@taiga-mcp/service";
import { type Kv, updateEntry } from "@taiga-mcp/store";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { KeyNames } from "../storage/key-names.ts";
import type { Notice } from "./views/connection-view.ts";
import { createSealedJson } from "../vault/sealed-json.ts";

/** A session ends this long after its login, used or not: the page is for a few clicks. */
export const ACCOUNT_SESSION_SECONDS = 1_800;

/** More projects than the page offers to choose from; bounds the record. */
const MAX_PROJECTS = 1_000;

/** Longer names are cut by the page anyway. */
const name = z.string().transform((given) => given.slice(0, 200));

const StoredNotice = z.object({ kind: z.enum(["done", "failed"]), text: z.string().max(500) });

const Session = z.object({
  accountId: z.string(),
  user: z.object({ username: name, fullName: name }),
  /** The user's projects at the login; left out when Taiga did not say. */
  projects: z
    .array(z.object({ id: z.int(), name, slug: name }))
    .transform((given) => given.slice(0, MAX_PROJECTS))
    .optional(),
  /** For the next page. */
  notice: StoredNotice.optional(),
});
export type AccountSession = z.output<typeof Session>;

/**
 * Sessions of browsers on the account pages: one sealed record each, found by the secret in the
 * browser's cookie. They hold no Taiga credential.
 *
 * @throws {UnavailableError} from every method when the store does not answer.
 */
export interface AccountSessions {
  begin(secret: string, session: AccountSession): Promise<void>;
  find(secret: string): Promise<AccountSession | undefined>;
  /** Finds the session and takes its notice, which is shown once. */
  visit(secret: string): Promise<AccountSession | undefined>;
  /** Leaves a notice for the next page; nothing happens when the session has ended. */
  leave(secret: string, notice: Notice): Promise<void>;
  end(secret: string): Promise<void>;
}

export interface AccountSessionsDeps {
  kv: Kv;
  keys: Pick<KeyNames, "accountSession">;
  seal: Sealer;
  logger: Logger;
}

export function createAccountSessions(deps: AccountSessionsDeps): AccountSessions {
  const { kv, keys } = deps;
  const records = createSealedJson<AccountSession>({ ...deps, schema: Session });
  const find = async (secret: string) => (await records.read(keys.accountSession(secret)))?.value;

  async function rewrite(secret: string, notice: Notice | undefined): Promise<void> {
    const key = keys.accountSession(secret);
    await updateEntry(kv, key, async (entry) => {
      const session = entry && (await records.open(key, entry.value));
      if (session === undefined) return { result: undefined };
      return { value: await records.seal(key, { ...session, notice }), result: undefined };
    });
  }

  return {
    find,
    begin: async (secret, session) => {
      const key = keys.accountSession(secret);
      const value = await records.seal(key, Session.parse(session));
      await kv.set(key, value, { ttlSeconds: ACCOUNT_SESSION_SECONDS });
    },
    visit: async (secret) => {
      const session = await find(secret);
      if (session?.notice !== undefined) await rewrite(secret, undefined);
      return session;
    },
    leave: rewrite,
    end: async (secret) => void (await kv.delete(keys.accountSession(secret))),
  };
}
