import type { Clock } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { type Adapter, type AdapterFactory, errors } from "oidc-provider";
import type { Sealer } from "../../secrets/seal.ts";
import type { KeyNames } from "../../storage/key-names.ts";
import type { DocumentClients } from "./document-clients.ts";
import type { DeferredDeletes } from "./deferred-deletes.ts";
import { createRecordStore, type RecordStore } from "./record-store.ts";
import { toRecordKind } from "./records.ts";
import { insideEngine } from "../boundary/store-unavailable.ts";

export interface AdapterDeps {
  kv: Kv;
  keys: KeyNames;
  sealer: Sealer;
  clock: Clock;
  /** See `EngineDeps.endGrant`. */
  endGrant: (grantKey: string) => Promise<void>;
  /** Lets a code be used once; see `CodeRedemption`. */
  codes: Pick<Adapter, "find" | "consume">;
  /** Shows the engine a refresh token's record; see `RefreshGrace.reveal`. */
  refreshTokens: Pick<Adapter, "find" | "consume">;
  deferredDeletes: Pick<DeferredDeletes, "delete">;
  /** None when clients can only be registered. */
  documentClients?: Pick<DocumentClients, "findCopy"> | undefined;
  /** The engine's name for the request it is answering; `undefined` while one of our pages is. */
  currentRoute: () => string | undefined;
}

type Methods = Partial<Omit<Adapter, "findByUserCode">>;

/**
 * The engine's storage on our key-value port: one adapter for each of its models. All of a
 * grant's records are in one index, so that revoking it is one step that leaves nothing behind.
 */
export function createAdapterFactory(deps: AdapterDeps): AdapterFactory {
  return (model) => {
    const kind = toRecordKind(model, deps.keys);
    const records = createRecordStore({ ...deps, kind });
    return toAdapter({
      ...toGenericMethods(records),
      ...toSpecialMethods(model, records, deps),
    });
  };
}

function toGenericMethods(records: RecordStore): Methods {
  return {
    find: (id) => records.read(id),
    upsert: (id, payload, ttlSeconds) => records.write(id, payload, ttlSeconds),
    destroy: (id) => records.delete(id),
    // Of each kind of token, while the grant itself is destroyed, which deletes all of them in one
    // step, but looks first at what must be taken back at Taiga.
    revokeByGrantId: async () => {},
  };
}

function toSpecialMethods(model: string, records: RecordStore, deps: AdapterDeps): Methods {
  switch (model) {
    case "Client":
      return toClientMethods(records, deps);
    case "Session":
      return { ...toSessionMethods(records, deps), ...destroyDeferred(records, deps) };
    case "Interaction":
      return { ...toInteractionMethods(records, deps), ...destroyDeferred(records, deps) };
    case "Grant":
      return { destroy: (id) => deps.endGrant(deps.keys.grant(id)) };
    case "AuthorizationCode":
      return deps.codes;
    case "AccessToken":
      return endingWithGrant;
    case "RefreshToken":
      return { ...deps.refreshTokens, ...endingWithGrant };
    case "ReplayDetection":
      return {
        // The engine looks before it writes; only the write can tell who was first.
        upsert: async (id, payload, ttlSeconds) => {
          if (await records.writeIfAbsent(id, payload, ttlSeconds)) return;
          throw new errors.InvalidClientAuth("client assertion tokens must only be used once");
        },
      };
    default:
      return {};
  }
}

/**
 * The engine destroys a token only to revoke its whole grant next. Were the token gone when that
 * fails, the client's second try would find nothing to revoke.
 */
const endingWithGrant: Methods = { destroy: async () => {} };

/** What a person has in hand stays until the answer is there; see `DeferredDeletes`. */
const destroyDeferred = (records: RecordStore, { deferredDeletes }: AdapterDeps): Methods => ({
  destroy: (id) => deferredDeletes.delete(() => records.delete(id)),
});

function toClientMethods(records: RecordStore, deps: AdapterDeps): Methods {
  const { kv, keys, endGrant, documentClients, currentRoute } = deps;
  return {
    find: async (id) => (await records.read(id)) ?? (await documentClients?.findCopy(id)),
    upsert: async (id, payload, ttlSeconds) => {
      if (currentRoute() !== "client_update") return records.write(id, payload, ttlSeconds);
      // Leaves the client's end alone, and one that was deleted a moment ago deleted. What the
      // client is told then is what RFC 7592 section 2.2 says of one that does not exist.
      if (!(await records.rewrite(id, payload))) throw new errors.InvalidToken("client not found");
    },
    // Tokens of a client that is gone would live on: the engine does not look for them.
    destroy: async (id) => {
      const grants = await kv.members(keys.clientGrants(id));
      await Promise.all(grants.map((grant) => endGrant(grant)));
      await kv.deleteMembers(keys.clientIndex(id));
    },
  };
}

/**
 * Our pages only change interactions: one whose answer the engine has taken meanwhile must not come
 * back, or its browser could take an answer from it once more. It is the engine that begins them.
 */
function toInteractionMethods(records: RecordStore, { currentRoute }: AdapterDeps): Methods {
  return {
    upsert: async (id, payload, ttlSeconds) => {
      if (currentRoute() !== undefined) return records.write(id, payload, ttlSeconds);
      if (!(await records.rewrite(id, payload))) {
        throw new errors.SessionNotFound("interaction session not found");
      }
    },
  };
}

/** Nothing depends on the end of a session: none is found but through its interaction. */
function toSessionMethods(records: RecordStore, { kv, keys }: AdapterDeps): Methods {
  return {
    upsert: async (id, payload, ttlSeconds) => {
      await records.write(id, payload, ttlSeconds);
      if (payload.uid === undefined || ttlSeconds === undefined) return;
      await kv.set(keys.sessionUid(payload.uid), keys.session(id), { ttlSeconds });
    },
    findByUid: async (uid) => {
      const link = await kv.get(keys.sessionUid(uid));
      return link && (await records.readAt(link.value));
    },
  };
}

/** The engine's whole interface, with our failures in its own family of errors. */
function toAdapter(methods: Methods): Adapter {
  const guard =
    <Args extends unknown[], Result>(method?: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      insideEngine(() => {
        if (method === undefined)
          throw new TypeError("The engine never does this to such a record.");
        return method(...args);
      });
  return {
    find: guard(methods.find),
    upsert: guard(methods.upsert),
    destroy: guard(methods.destroy),
    consume: guard(methods.consume),
    revokeByGrantId: guard(methods.revokeByGrantId),
    findByUid: guard(methods.findByUid),
    findByUserCode: guard(undefined),
  };
}
