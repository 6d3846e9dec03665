import {
  type Clock,
  createOutageLog,
  type Logger,
  type Metrics,
  TAIGA_OUTAGE,
} from "@taiga-mcp/service";
import { type Broadcast, createSignedKv, createStoreWatch, type Kv } from "@taiga-mcp/store";
import { createTaigaClient, type TaigaTransport, watchTransport } from "@taiga-mcp/taiga-client";
import { type Express, type RequestHandler, Router } from "express";
import { createAccountRouter } from "./account/account-router.ts";
import { createClientDocuments } from "./clients/client-documents.ts";
import type { FetchDocument } from "./clients/document-fetch.ts";
import type { Config } from "./config.ts";
import { createEngine } from "./engine/engine.ts";
import type { Interactions } from "./engine/boundary/ports.ts";
import { createActivityLog } from "./grants/activity-log.ts";
import { createAnnouncements } from "./grants/announcements.ts";
import { createGrantCredentials } from "./grants/grant-credentials.ts";
import { createGrantUses } from "./grants/grant-use.ts";
import { createRevocationFeed } from "./grants/revocation-feed.ts";
import type { AdminRoutesDeps } from "./http/admin-routes.ts";
import { renderFailurePage } from "./http/failure-page.ts";
import { createAccountLoginLimit } from "./http/limits.ts";
import { createPrivateApp } from "./http/private-app.ts";
import { createPublicApp } from "./http/public-app.ts";
import { createAllowList } from "./login/allow-list.ts";
import { createOwnProjects } from "./login/own-projects.ts";
import { toTaigaAccount } from "./login/taiga-account.ts";
import { createCounters } from "./operations/counters.ts";
import { createLogins } from "./operations/logins.ts";
import { createInspectInstallation } from "./operations/inspect-installation.ts";
import { createKeyRotation, type KeyRotation } from "./operations/key-rotation.ts";
import { createApplicationWay, createPasswordWay, type Shared } from "./login-ways.ts";
import { createCsrf } from "./pages/csrf.ts";
import { createInteractionsRouter } from "./pages/router.ts";
import { createCsrfKeys } from "./secrets/cookie-keys.ts";
import { openKeyRing } from "./secrets/key-ring.ts";
import { createRingRecord } from "./secrets/ring-record.ts";
import type { RootKeys } from "./secrets/root-keys.ts";
import { createRecordAdoption } from "./secrets/record-adoption.ts";
import { createRecordKeys } from "./secrets/record-keys.ts";
import { createSealer } from "./secrets/seal.ts";
import { createKeyNames, toAccountId } from "./storage/key-names.ts";
import { createRateLimits } from "./storage/rate-limits.ts";
import { createGrantChangeTopic } from "./storage/topics.ts";
import { isSignedKey } from "./storage/signed-kinds.ts";
import type { RefreshSweeper } from "./vault/refresh-sweeper.ts";
import type { Vault } from "./vault/vault.ts";

export interface AuthServerDeps {
  config: Config;
  store: Kv;
  broadcast: Broadcast;
  /** The one way to Taiga. */
  taiga: TaigaTransport;
  /** Fetches the metadata documents of clients. */
  fetchDocument: FetchDocument;
  /** The store's time, which all replicas share. */
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Resolves early when the signal aborts. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to 1. */
  random: () => number;
  /** Of this program, shown to the operator. */
  version: string;
  /** For tests; each part that is left out is the real one. */
  replaced?: ReplacedParts;
}

/** Parts that a test replaces when it is about the others. */
export interface ReplacedParts {
  /** The login and consent pages. */
  pages?: ((interactions: Interactions) => RequestHandler) | undefined;
  /** What the engine and the private listener ask about Taiga credentials. */
  vault?: Partial<Pick<Vault, "status" | "token">>;
  /** What answers the operator. */
  admin?: Partial<Pick<AdminRoutesDeps, "inspect" | "keyRotation">>;
}

/** The authorization server, except for its listeners. */
export interface AuthServer {
  /** What clients and browsers reach. */
  publicApp: Express;
  /** What only the resource server and the operator reach. */
  privateApp: Express;
  keyRotation: KeyRotation;
  rootKeys: RootKeys;
  refreshSweeper: Pick<RefreshSweeper, "sweep">;
  /** Begins to renew Taiga logins that are not in use. */
  start(): void;
  /** Ends open streams and background work; nothing that was passed in is closed. */
  close(): Promise<void>;
}

/**
 * Joins all parts of the authorization server. A store that does not answer yet is no error.
 * @throws {ConfigurationError} when MASTER_KEY does not open the keys in the store.
 */
export async function createAuthServer(deps: AuthServerDeps): Promise<AuthServer> {
  const { config, store, broadcast, clock, logger, sleep, replaced = {} } = deps;
  const taiga = watchTransport(deps.taiga, createOutageLog(logger, TAIGA_OUTAGE));
  const keys = createKeyNames(config.taigaApiUrl);
  const { masterKeys } = config;
  const record = createRingRecord({ kv: store, keys, masterKeys, clock });
  const rootKeys = await openKeyRing({ record, broadcast, clock, logger });
  const storeWatch = createStoreWatch({ store, logger, metrics: deps.metrics });
  const counters = createCounters(deps.metrics);
  const { adoptsUnsigned } = config.store;
  const signing = { kv: store, keys: createRecordKeys(rootKeys), isSigned: isSignedKey, logger };
  const onRefused = counters.refusedRecords.count;
  const kv = createSignedKv({ ...signing, adoptsUnsigned, onRefused });
  const adoption = adoptsUnsigned ? createRecordAdoption({ ...signing, sleep }) : undefined;
  const shared: Shared = {
    kv,
    keys,
    seal: createSealer(rootKeys, "vault"),
    clock,
    logger,
    sleep,
    connect: (credential, signal) => createTaigaClient(taiga, credential, { signal }),
    toAccountId: (userId) => toAccountId(config.taigaApiUrl, userId),
  };
  const { connect } = shared;
  const sealAccount = createSealer(rootKeys, "account");
  const revocations = createRevocationFeed(broadcast);
  const rateLimits = createRateLimits(shared);
  const password = createPasswordWay(config, shared, counters);
  const application = createApplicationWay(config, shared, counters);
  const isAllowed = createAllowList(config.login.allowLists);
  const { endGrant, refreshSweeper, ...credentials } = createGrantCredentials({
    ...shared,
    ...config.grants,
    broadcast,
    random: deps.random,
    refresh: counters.renewals.counted((refreshToken: string, signal: AbortSignal) =>
      connect(undefined, signal).auth.refresh(refreshToken),
    ),
    whoIs: async (credential, signal) =>
      toTaigaAccount(await connect(credential, signal).users.me()),
    revokeAtTaiga: async (credential) => application?.login.revoke(credential),
    isAllowed,
  });
  const vault = { ...credentials.vault, ...replaced.vault };
  const { documentHosts: hosts, redirectSchemes, takesDocuments } = config.clients;

  const uses = createGrantUses({ ...shared, seal: sealAccount, ...config.grants });
  const activity = createActivityLog({ ...shared, seal: sealAccount });
  const topic = createGrantChangeTopic(broadcast);
  const changes = createAnnouncements({ topic, logger, sleep });

  const engine = createEngine({
    ...shared,
    config,
    rootKeys,
    hasLiveLogin: async (grantId) => (await vault.status(grantId)) === "live",
    endGrant,
    clientDocuments: takesDocuments
      ? createClientDocuments({ fetch: deps.fetchDocument, hosts, redirectSchemes, rateLimits })
      : undefined,
    renderFailure: renderFailurePage,
    countEvent: counters.oauthEvents.count,
    announceChange: (gid) => changes.send(gid),
    onGrantUsed: ({ grantId, address }) => void uses.note(keys.grant(grantId), address),
  });
  const csrf = createCsrf(createCsrfKeys(rootKeys));
  const loginPages = {
    ...shared,
    vault,
    password,
    application,
    allowLists: config.login.allowLists,
    isAllowed,
    listOwnProjects: createOwnProjects((memberId, credential, signal) =>
      connect(credential, signal).projects.list({ memberId }),
    ),
    csrf,
    issuer: config.issuer,
    passwordResetUrl: config.passwordResetUrl,
  };
  const createPages =
    replaced.pages ??
    ((interactions) =>
      createInteractionsRouter({
        ...loginPages,
        interactions,
        activity,
        connections: engine.connections,
        uses,
        accessLimit: config.accessLimit,
        taigaSite: config.taigaSite,
        mcpUrl: config.resource,
      }));
  const account = createAccountRouter({
    ...loginPages,
    connections: engine.connections,
    uses,
    activity,
    sealSession: sealAccount,
    taigaName: config.taigaSite.name,
    limitLogins: createAccountLoginLimit(rateLimits),
  });

  const { metrics } = deps;
  const apps = {
    config,
    logger,
    engine,
    rootKeys,
    renderFailure: renderFailurePage,
    metrics,
    noteUse: (grantId: string) => void uses.note(keys.grant(grantId)),
  };
  const keyRotation = createKeyRotation({ ...shared, kv: store, record, rootKeys, broadcast });
  const inspect = createInspectInstallation({
    config,
    version: deps.version,
    startedAt: clock(),
    clock,
    store,
    rootKeys,
    connect,
    revocations,
  });
  const logins = createLogins({ ...shared, connections: engine.connections, uses, activity });
  const admin = { inspect, keyRotation, logins, ...replaced.admin };
  return {
    publicApp: createPublicApp({
      ...apps,
      interactions: Router().use(account, createPages(engine.interactions)),
      rateLimits,
    }),
    privateApp: createPrivateApp({
      ...apps,
      activity,
      findOwner: engine.connections.findOwner,
      store,
      storeWatch,
      vault,
      revocations,
      clock,
      admin,
    }),
    keyRotation,
    rootKeys,
    refreshSweeper,
    start: () => {
      refreshSweeper.start();
      adoption?.start();
      void logins.endUnlisted(config.login.allowLists);
    },
    close: async () => {
      storeWatch.close();
      adoption?.close();
      await Promise.all([revocations.close(), refreshSweeper.close(), rootKeys.close()]);
    },
  };
}
