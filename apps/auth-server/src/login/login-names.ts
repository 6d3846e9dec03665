import type { Kv } from "@taiga-mcp/store";
import type { KeyNames } from "../storage/key-names.ts";
import type { TaigaAccount } from "./login-backend.ts";

/** How long names are remembered after a login: as long as browsers. */
const NAME_SECONDS = 90 * 86_400;

/**
 * Which names belong to one account, learned from its logins. Taiga takes the user name or the e-mail
 * address: with a count of failures for each, an attacker would have twice as many guesses.
 */
export interface LoginNames {
  /**
   * What failed logins are counted by: the account that a name is known to belong to, else the name
   * itself. Nothing that a client can see depends on which of them it is.
   */
  toSubject(name: string): Promise<string>;
  /**
   * After a successful login with `name`.
   * @returns what failed logins with any of the account's names are counted by from now on.
   */
  learn(name: string, account: TaigaAccount): Promise<string>;
}

export interface LoginNamesDeps {
  kv: Pick<Kv, "get" | "set">;
  keys: Pick<KeyNames, "loginName">;
}

export function createLoginNames({ kv, keys }: LoginNamesDeps): LoginNames {
  return {
    toSubject: async (name) =>
      (await kv.get(keys.loginName(toCanonical(name))))?.value ?? toCanonical(name),
    learn: async (name, { id, username, email }) => {
      const names = new Set([name, username, email].map(toCanonical).filter((one) => one !== ""));
      // A name that is typed cannot begin with a space.
      const subject = ` ${id}`;
      const learnOne = (one: string) =>
        kv.set(keys.loginName(one), subject, { ttlSeconds: NAME_SECONDS });
      await Promise.all([...names].map(learnOne));
      return subject;
    },
  };
}

/** Taiga ignores case in user names. Different Unicode encodings of a name count as one account. */
const toCanonical = (name: string): string => name.trim().normalize("NFKC").toLowerCase();
