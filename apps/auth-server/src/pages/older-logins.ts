import type { Clock } from "@taiga-mcp/service";
import type { Connection, Connections, Interaction } from "../engine/boundary/ports.ts";
import type { ActivityLog } from "../grants/activity-log.ts";
import type { GrantUses } from "../grants/grant-use.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { toDisplayName } from "./views/display-name.ts";
import type { OlderLogin } from "./views/older-logins.ts";
import { toRedirectTarget } from "./views/redirect-target.ts";

/** An older login that was unused for this long is probably of a device that has logged in anew. */
const UNUSED_SECONDS = 86_400;

/** More of them are shown on the account pages. */
const MAX_SHOWN = 3;

export interface OlderLoginsDeps {
  connections: Pick<Connections, "list" | "end">;
  uses: Pick<GrantUses, "find">;
  activity: Pick<ActivityLog, "note">;
  keys: Pick<KeyNames, "grantOf">;
  clock: Clock;
}

/**
 * The logins of an app that the user connected before. Many clients register anew for each login and
 * leave the older one behind.
 */
export interface OlderLogins {
  /** @returns those of the same app, the most recently used first. */
  find(accountId: string, client: Interaction["client"]): Promise<OlderLogin[]>;
  /**
   * Ends those that the user chose.
   * @param gids from the form; others than those of the same app stay.
   */
  end(
    accountId: string,
    client: Interaction["client"],
    choice: { gids: readonly string[]; network: string | undefined },
  ): Promise<void>;
}

export function createOlderLogins(deps: OlderLoginsDeps): OlderLogins {
  const { connections, uses, activity, keys, clock } = deps;

  const list = async (accountId: string, client: Interaction["client"]): Promise<Connection[]> =>
    (await connections.list(accountId)).filter((connection) => isSameApp(connection, client));

  return {
    find: async (accountId, client) => {
      const older = (await list(accountId, client)).map(async ({ gid, connectedAt }) => {
        const usedAt = (await uses.find(keys.grantOf(gid)))?.usedAt ?? connectedAt;
        return { gid, usedAt, isPreselected: usedAt <= clock() - UNUSED_SECONDS };
      });
      return (await Promise.all(older))
        .toSorted((one, other) => other.usedAt - one.usedAt)
        .slice(0, MAX_SHOWN);
    },

    end: async (accountId, client, { gids, network }) => {
      if (gids.length === 0) return;
      const chosen = (await list(accountId, client)).filter(({ gid }) => gids.includes(gid));
      for (const { gid } of chosen) {
        if (!(await connections.end(accountId, gid))) continue;
        await activity.note(accountId, { kind: "disconnected", client: client.name, network });
      }
    },
  };
}

/**
 * The same client; or one with the same name that sends browsers to the same kind of place. The name
 * is not verified: it only decides what the user is asked.
 */
function isSameApp({ client: older }: Connection, client: Interaction["client"]): boolean {
  if (older.id === client.id) return true;
  const name = toDisplayName(client.name);
  if (name === undefined || name !== toDisplayName(older.name)) return false;
  if (older.documentHost !== client.documentHost) return false;
  return older.redirectUris.some((uri) => toPlace(uri) === toPlace(client.redirectUri));
}

/** Programs on this computer take another port each time. */
function toPlace(redirectUri: string): string {
  const { kind, name } = toRedirectTarget(redirectUri);
  return kind === "loopback" ? kind : `${kind} ${name}`;
}
