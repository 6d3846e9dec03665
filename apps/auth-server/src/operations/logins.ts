import { bestEffort, type Logger } from "@taiga-mcp/service";
import type { Connection, Connections } from "../engine/boundary/ports.ts";
import type { ActivityLog } from "../grants/activity-log.ts";
import type { GrantUses } from "../grants/grant-use.ts";
import type { KeyNames } from "../storage/key-names.ts";

/** A login as the operator sees it. Times are epoch seconds. */
export interface Login {
  /** The grant's public name, `gid` in introspection and in the log. */
  grant: string;
  /** The user's id on this server, the `sub` of tokens. */
  account: string;
  /** The user's name at Taiga when the grant was allowed; `null` for one of an older version. */
  user: string | null;
  client: {
    id: string;
    /** As the client calls itself. */
    name: string | null;
    /** `null` when it is not verified. */
    verifiedHost: string | null;
  };
  access: Connection["limits"]["access"];
  projects: Connection["limits"]["projects"];
  connectedAt: number;
  /** `null` until the client has fetched tokens. */
  lastUsedAt: number | null;
  /** From where the client last fetched tokens; empty if unknown. */
  network: string;
}

/** Which logins are meant; those that match all of the given members. */
export interface LoginFilter {
  /** A name at Taiga, in any case, or an account. */
  user?: string | undefined;
  /** An id, a verified host, or the name that a client gives itself, in any case. */
  client?: string | undefined;
  grant?: string | undefined;
  /** Used, or allowed, at this time or later; epoch seconds. */
  since?: number | undefined;
}

/**
 * All logins, for the operator. Reads every grant in the store.
 * @throws {UnavailableError} from `list` and `end` when the store does not answer.
 */
export interface Logins {
  /** The most recently used first. */
  list(filter: LoginFilter): Promise<{ logins: Login[] }>;
  /** Ends them, at once for the resource servers. @returns those that were ended. */
  end(filter: LoginFilter): Promise<{ ended: Login[] }>;
  /**
   * Ends the logins of users whose names are not on the list; with an empty one, all are allowed. A
   * login without a known name stays: it is checked when its Taiga credential is refreshed. So are
   * all of them where e-mail addresses allow users as well, because those are not stored. Never
   * rejects.
   * @param allowed.users names in lower case.
   */
  endUnlisted(allowed: {
    users: readonly string[];
    emailDomains: readonly string[];
  }): Promise<void>;
}

export interface LoginsDeps {
  connections: Pick<Connections, "all" | "end">;
  uses: Pick<GrantUses, "find">;
  activity: Pick<ActivityLog, "note">;
  keys: Pick<KeyNames, "grantOf">;
  logger: Logger;
}

export function createLogins(deps: LoginsDeps): Logins {
  const { connections, uses, activity, keys, logger } = deps;

  async function find(isMeant: (login: Login) => boolean): Promise<Login[]> {
    const found: Login[] = [];
    for await (const connection of connections.all()) {
      const login = toLogin(connection, await uses.find(keys.grantOf(connection.gid)));
      if (isMeant(login)) found.push(login);
    }
    return found.toSorted((one, other) => toLastTime(other) - toLastTime(one));
  }

  async function endAll(logins: readonly Login[]): Promise<Login[]> {
    const ended: Login[] = [];
    for (const login of logins) {
      if (!(await connections.end(login.account, login.grant))) continue;
      ended.push(login);
      logger.info({ grantId: login.grant, account: login.account }, "login ended by operator");
      const client = login.client.name ?? undefined;
      await activity.note(login.account, { kind: "ended_by_operator", client });
    }
    return ended;
  }

  async function endOthers(users: readonly string[]): Promise<void> {
    const ended = await endAll(
      await find(({ user }) => user !== null && !users.includes(user.toLowerCase())),
    );
    if (ended.length === 0) return;
    logger.warn({ ended: ended.length }, "logins of users who are not allowed ended");
  }

  return {
    list: async (filter) => ({ logins: await find(toMatcher(filter)) }),
    end: async (filter) => ({ ended: await endAll(await find(toMatcher(filter))) }),
    endUnlisted: async ({ users, emailDomains }) => {
      if (users.length === 0 || emailDomains.length > 0) return;
      const message = "logins not compared with ALLOWED_USERS; checked at the next refresh";
      const endThem = () => endOthers(users);
      await bestEffort(endThem, logger, message).catch((error: unknown) =>
        logger.error({ err: error }, message),
      );
    },
  };
}

const toLogin = (
  { gid, accountId, client, limits, connectedAt }: Connection & { accountId: string },
  use: Awaited<ReturnType<GrantUses["find"]>>,
): Login => ({
  grant: gid,
  account: accountId,
  user: use?.username ?? null,
  client: { id: client.id, name: client.name ?? null, verifiedHost: client.documentHost ?? null },
  ...limits,
  connectedAt,
  lastUsedAt: use?.usedAt ?? null,
  network: use?.network ?? "",
});

const toLastTime = ({ lastUsedAt, connectedAt }: Login): number => lastUsedAt ?? connectedAt;

function toMatcher({ user, client, grant, since }: LoginFilter): (login: Login) => boolean {
  const isOneOf = (wanted: string | undefined, names: readonly (string | null)[]): boolean =>
    wanted === undefined || names.some((name) => name?.toLowerCase() === wanted.toLowerCase());
  return (login) =>
    isOneOf(user, [login.user, login.account]) &&
    isOneOf(client, [login.client.id, login.client.name, login.client.verifiedHost]) &&
    (grant === undefined || login.grant === grant) &&
    (since === undefined || toLastTime(login) >= since);
}
