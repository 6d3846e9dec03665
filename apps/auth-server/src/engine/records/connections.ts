import { type AccessLevel, isWithin, lowestLevel } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import type { AdapterPayload } from "oidc-provider";
import type { Connection, ConnectionClient, Connections, GrantScope } from "../boundary/ports.ts";
import type { KeyNames } from "../../storage/key-names.ts";
import { toGrantScope } from "./grant-scope.ts";
import type { RecordStore } from "./record-store.ts";

export interface ConnectionsDeps {
  kv: Pick<Kv, "get" | "members" | "scan">;
  keys: Pick<KeyNames, "accountGrants" | "clientDocument" | "gidOf" | "grantOf">;
  /** Of grants. */
  grants: Pick<RecordStore, "readAt" | "updateAt">;
  /** Of registered clients. */
  clients: Pick<RecordStore, "read">;
  /** The operator's limit of today. */
  accessLimit: AccessLevel;
  /** Deletes all records of a grant, by the key of its own record, and announces it. */
  endGrant: (grantKey: string) => Promise<void>;
  /** Tells the resource servers that a grant has other limits now. Never rejects. */
  announceChange: (gid: string) => Promise<void>;
}

/** The grants of a user as connections; reads plain records, as access-tokens.ts does. */
export function createConnections(deps: ConnectionsDeps): Connections {
  const { kv, keys, grants, accessLimit } = deps;

  async function readClient(id: string): Promise<ConnectionClient> {
    const payload = (await deps.clients.read(id)) ?? (await readDocument(id));
    return {
      id,
      name: payload?.client_name,
      documentHost: toDocumentHost(id),
      redirectUris: payload?.redirect_uris ?? [],
    };
  }

  /** Reads each client once, however many grants it has. */
  function createClientReader(): (id: string) => Promise<ConnectionClient> {
    const clients = new Map<string, Promise<ConnectionClient>>();
    return (id) => {
      const client = clients.get(id) ?? readClient(id);
      clients.set(id, client);
      return client;
    };
  }

  async function readDocument(id: string): Promise<AdapterPayload | undefined> {
    const entry = await kv.get(keys.clientDocument(id));
    return entry && (JSON.parse(entry.value) as AdapterPayload);
  }

  /** @returns `undefined` when this is no grant of this account. */
  async function toConnection(
    name: string,
    grant: AdapterPayload | undefined,
    accountId: string,
    clientOf: (id: string) => Promise<ConnectionClient>,
  ): Promise<Connection | undefined> {
    const limits = ownScope(grant, accountId);
    if (grant === undefined || limits === undefined) return undefined;
    return {
      gid: keys.gidOf(name),
      client: await clientOf(grant.clientId ?? ""),
      limits: { ...limits, access: lowestLevel(limits.access, accessLimit) },
      connectedAt: grant.iat ?? 0,
    };
  }

  return {
    all: async function* () {
      const clientOf = createClientReader();
      for await (const name of kv.scan(keys.grantOf(""))) {
        const grant = await grants.readAt(name);
        const accountId = grant?.accountId;
        if (accountId === undefined) continue;
        const connection = await toConnection(name, grant, accountId, clientOf);
        if (connection !== undefined) yield { ...connection, accountId };
      }
    },

    list: async (accountId) => {
      const names = await kv.members(keys.accountGrants(accountId));
      const found = await Promise.all(
        names.map(async (name) => ({ name, grant: await grants.readAt(name) })),
      );
      const clientOf = createClientReader();
      const connections = found.map(({ name, grant }) =>
        toConnection(name, grant, accountId, clientOf),
      );
      return (await Promise.all(connections)).filter((one) => one !== undefined);
    },

    find: async (accountId, gid) => {
      const name = keys.grantOf(gid);
      return toConnection(name, await grants.readAt(name), accountId, readClient);
    },

    findOwner: async (gid) => {
      const grant = await grants.readAt(keys.grantOf(gid));
      if (grant?.accountId === undefined) return undefined;
      const { name } = await readClient(grant.clientId ?? "");
      return { accountId: grant.accountId, clientName: name };
    },

    narrow: async (accountId, gid, limits) => {
      const outcome = await grants.updateAt<"narrowed" | "gone" | "wider">(
        keys.grantOf(gid),
        (grant) => {
          const before = ownScope(grant, accountId);
          if (grant === undefined || before === undefined) return { result: "gone" };
          if (!isNarrower(limits, before)) return { result: "wider" };
          return { payload: { ...grant, limits }, result: "narrowed" };
        },
      );
      if (outcome === "narrowed") await deps.announceChange(gid);
      return outcome;
    },

    end: async (accountId, gid) => {
      const key = keys.grantOf(gid);
      if (ownScope(await grants.readAt(key), accountId) === undefined) return false;
      await deps.endGrant(key);
      return true;
    },
  };
}

/** @returns `undefined` unless this is a grant of this account, with its limits. */
const ownScope = (grant: AdapterPayload | undefined, accountId: string): GrantScope | undefined =>
  grant?.accountId === accountId ? toGrantScope(grant) : undefined;

/** Whether `limits` allows nothing that `before` does not. */
function isNarrower(limits: GrantScope, before: GrantScope): boolean {
  if (!isWithin(limits.access, before.access)) return false;
  if (before.projects === "all") return true;
  const { projects } = before;
  return limits.projects !== "all" && limits.projects.every((id) => projects.includes(id));
}

/**
 * The host whose document describes a client. Registered clients get ids that are not URLs: an
 * https id was verified by fetching its document.
 */
export const toDocumentHost = (clientId: string): string | undefined =>
  clientId.startsWith("https://") ? new URL(clientId).host : undefined;
