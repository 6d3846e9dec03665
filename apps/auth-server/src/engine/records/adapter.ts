import type { Clock } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from "oidc-provider";
import type { IncomingMessage } from "node:http";
import type { Sealer } from "../../secrets/seal.ts";
import type { BoundedRecords } from "../../storage/bounded-records.ts";
import type { KeyNames } from "../../storage/key-names.ts";
import type { DocumentClients } from "./document-clients.ts";
import type { DeferredDeletes } from "./deferred-deletes.ts";
import { createEngineTime } from "./engine-time.ts";
import { createRecordStore, type RecordStore } from "./record-store.ts";
import { toRecordKind } from "./records.ts";
import { notesOf } from "../boundary/request-notes.ts";
import { insideEngine } from "../boundary/store-unavailable.ts";

export interface AdapterDeps {
  kv: Kv;
  keys: KeyNames;
  sealer: Sealer;
  clock: Clock;
  /** See `EngineDeps.endGrant`. */
  endGrant: (grantKey: string) => Promise<void>;
  /** Makes codes single-use; see `CodeRedemption`. */
  codes: Pick<Adapter, "find" | "consume">;
  /** Makes refresh tokens single-use, but for the grace; see `RefreshTokens`. */
  refreshTokens: Pick<Adapter, "find" | "consume" | "upsert">;
  deferredDeletes: Pick<DeferredDeletes, "delete">;
  /** `undefined` when clients can only be registered. */
  documentClients?: Pick<DocumentClients, "findCopy"> | undefined;
  /**
   * oidc-provider's name for the current request; `undefined` during a request to one of our pages.
   */
  currentRoute: () => string | undefined;
  currentRequest: () => IncomingMessage | undefined;
  /** Bounds the registrations without a consent. */
  unusedClients: BoundedRecords;
  /** Bounds the authorization requests without a login. */
  pendingLogins: BoundedRecords;
}

type Methods = Partial<Omit<Adapter, "findByUserCode">>;

/**
 * oidc-provider's storage on our key-value store: one adapter for each of its models. All records
 * of a grant are in one index, so that revoking it is one atomic step.
 */
export function createAdapterFactory(deps: AdapterDeps): AdapterFactory {
  return (model) => {
    const kind = toRecordKind(model, deps.keys);
    const records = createRecordStore({ ...deps, kind });
    const methods = { ...toGenericMethods(records), ...toSpecialMethods(model, records, deps) };
    // A client's metadata is no record of a moment, and its members are the client's.
    return toAdapter(model === "Client" ? methods : withEngineTime(methods, deps.clock));
  };
}

function toGenericMethods(records: RecordStore): Methods {
  return {
    find: (id) => records.read(id),
    upsert: (id, payload, ttlSeconds) => records.write(id, payload, ttlSeconds),
    destroy: (id) => records.delete(id),
    // oidc-provider calls this for each kind of token and destroys the grant as well. That deletes
    // all of them in one step, after reading what must be revoked at Taiga.
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
        // oidc-provider reads before it writes; only an atomic write tells which request was first.
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
 * oidc-provider destroys a token only to revoke its whole grant next. If the token were gone and
 * that failed, the client's second try would find nothing to revoke.
 */
const endingWithGrant: Methods = { destroy: async () => {} };

/** What the browser still refers to stays until the answer is sent; see `DeferredDeletes`. */
const destroyDeferred = (records: RecordStore, { deferredDeletes }: AdapterDeps): Methods => ({
  destroy: (id) => deferredDeletes.delete(() => records.delete(id)),
});

function toClientMethods(records: RecordStore, deps: AdapterDeps): Methods {
  const { kv, keys, endGrant, documentClients, currentRoute, unusedClients } = deps;
  return {
    find: async (id) => (await records.read(id)) ?? (await documentClients?.findCopy(id)),
    upsert: async (id, payload, ttlSeconds) => {
      if (currentRoute() !== "client_update") {
        const index = unusedClients.indexOf(notesOf(deps.currentRequest()));
        await records.write(id, payload, ttlSeconds, [index]);
        return unusedClients.added();
      }
      // Keeps the end of the record, and does not bring back a client that was just deleted. RFC 7592
      // §2.2 says what to answer a client that does not exist.
      if (!(await records.rewrite(id, payload))) throw new errors.InvalidToken("client not found");
    },
    // oidc-provider does not look for tokens of a deleted client, so they would live on.
    destroy: async (id) => {
      const grants = await kv.members(keys.clientGrants(id));
      await Promise.all(grants.map((grant) => endGrant(grant)));
      await kv.deleteMembers(keys.clientIndex(id));
    },
  };
}

/**
 * Only oidc-provider begins interactions; our pages change them. A page must not bring back an
 * interaction that oidc-provider has ended meanwhile, or the browser could get a second answer from
 * it. Nor may it change the user's answer: of two clicks at once, on Allow and on Cancel, the first
 * counts.
 */
function toInteractionMethods(records: RecordStore, deps: AdapterDeps): Methods {
  const { currentRoute, currentRequest, pendingLogins } = deps;
  return {
    upsert: async (id, payload, ttlSeconds) => {
      if (currentRoute() !== undefined) {
        // With a session, a user has logged in.
        if (payload.session !== undefined) return records.write(id, payload, ttlSeconds);
        const index = pendingLogins.indexOf(notesOf(currentRequest()));
        await records.write(id, payload, ttlSeconds, [index]);
        return pendingLogins.added();
      }
      const isKept = await records.update(id, (earlier) =>
        earlier === undefined || isAnswered(earlier)
          ? { result: false }
          : { payload, result: true },
      );
      if (!isKept) throw new errors.SessionNotFound("interaction session has ended");
    },
  };
}

/** Whether the user has consented or declined. */
const isAnswered = ({ result }: AdapterPayload): boolean =>
  result?.consent !== undefined || result?.["error"] !== undefined;

/** A session is found only through its interaction, so nothing depends on when it ends. */
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

/** Keeps the store's time in records, and shows oidc-provider its own; see `EngineTime`. */
function withEngineTime(methods: Methods, clock: Clock): Methods {
  const time = createEngineTime(clock);
  const { find, findByUid, upsert } = methods;
  const reading =
    (read: (id: string) => Promise<AdapterPayload | undefined | void>) => async (id: string) => {
      const payload = await read(id);
      return payload ? time.toEngine(payload) : undefined;
    };
  return {
    ...methods,
    ...(find && { find: reading(find) }),
    ...(findByUid && { findByUid: reading(findByUid) }),
    ...(upsert && {
      upsert: (id, payload, ttlSeconds) => upsert(id, time.toStore(payload), ttlSeconds),
    }),
  };
}

/** oidc-provider's whole adapter interface, with our failures as its errors. */
function toAdapter(methods: Methods): Adapter {
  const guard =
    <Args extends unknown[], Result>(method?: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      insideEngine(() => {
        if (method === undefined) {
          throw new TypeError("The adapter of this model does not support this operation.");
        }
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
