import { type Broadcast, createLocalBroadcast, createSqliteKv, type Kv } from "@taiga-mcp/store";
import { createLogger, createMetrics, type Logger, systemClock } from "@taiga-mcp/service";
import { type RequestHandler, Router } from "express";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createPrivateApp } from "../../src/http/private-app.ts";
import { createPublicApp } from "../../src/http/public-app.ts";
import { createClientDocuments } from "../../src/clients/client-documents.ts";
import type { FetchDocument } from "../../src/clients/document-fetch.ts";
import type { Config } from "../../src/config.ts";
import type { RootKeys } from "../../src/secrets/root-keys.ts";
import { createCounters } from "../../src/operations/counters.ts";
import { createEngine } from "../../src/engine/engine.ts";
import type { GrantScope, Interactions } from "../../src/engine/ports.ts";
import type { AdminRoutesDeps } from "../../src/http/admin-routes.ts";
import { renderFailurePage } from "../../src/http/failure-page.ts";
import { toRouteName } from "../../src/http/route-names.ts";
import { type KeyRing, openKeyRing } from "../../src/secrets/key-ring.ts";
import { createKeyRotation, type KeyRotation } from "../../src/operations/key-rotation.ts";
import { createRingRecord } from "../../src/secrets/ring-record.ts";
import { createEndGrant } from "../../src/grants/end-grant.ts";
import { createRevocationFeed } from "../../src/grants/revocation-feed.ts";
import { createKeyNames, type KeyNames } from "../../src/storage/key-names.ts";
import { createRateLimits } from "../../src/storage/rate-limits.ts";
import type { Vault } from "../../src/vault/vault.ts";

export const RESOURCE = "http://localhost:3002/mcp";
export const TAIGA_API_URL = "http://localhost:3003/api/v1";
export const RESOURCE_SERVER = {
  clientId: "taiga-mcp-resource-server",
  clientSecret: "an-unguessable-secret-of-the-resource-server",
};

export const MASTER_KEYS = [new Uint8Array(32).fill(7)] as const;

/** What the user of the scripted pages does; tests change it between requests. */
interface User {
  accountId: string;
  limits: GrantScope;
  decision: "allow" | "deny";
}

export interface SystemOptions {
  kv?: Kv;
  broadcast?: Broadcast;
  config?: Partial<Config>;
  /** In place of the ring in the store, which is opened with `config.masterKeys`. */
  rootKeys?: RootKeys;
  logger?: Logger;
  /** Called by the engine and the private listener in place of the vault. */
  vault?: Partial<Pick<Vault, "status" | "token">>;
  /** Fetches clients' metadata documents; they are not taken when left out. */
  fetchDocument?: FetchDocument | undefined;
  /** What the operator's routes ask in place of the running service. */
  admin?: Partial<Pick<AdminRoutesDeps, "inspect" | "keyRotation">>;
  /** Pages in place of the scripted ones. */
  pages?: (interactions: Interactions, config: Config) => RequestHandler;
}

/** A running authorization server whose pages log in and consent by themselves. */
export interface System {
  issuer: string;
  /** Where the public listener really is; the issuer may say otherwise. */
  url: string;
  privateUrl: string;
  kv: Kv;
  keys: KeyNames;
  rotation: KeyRotation;
  user: User;
  config: Config;
  /** Every interaction a page was asked for. */
  steps: string[];
  close(): Promise<void>;
}

/** Starts both listeners on free ports; `issuer` is where the public one really is, unless given. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const publicServer = await startServer();
  const privateServer = await startServer();
  const clock = systemClock;
  const kv = options.kv ?? createSqliteKv({ file: ":memory:", clock });
  const broadcast = options.broadcast ?? createLocalBroadcast();
  const keys = createKeyNames(TAIGA_API_URL);
  const { fetchDocument } = options;
  const config = toConfig(publicServer.url, {
    takesClientDocuments: fetchDocument !== undefined,
    ...options.config,
  });
  const logger = options.logger ?? createLogger({ name: "test", level: "silent" });
  const { masterKeys } = config;
  const record = createRingRecord({ kv, keys, masterKeys, clock });
  const rootKeys: KeyRing = options.rootKeys
    ? { ...options.rootKeys, close: async () => {} }
    : await openKeyRing({ record, broadcast, clock, logger });
  const revocations = createRevocationFeed(broadcast);
  const rateLimits = createRateLimits({ kv, keys, clock });
  const user: User = {
    accountId: "alice",
    limits: { access: "write", projects: "all" },
    decision: "allow",
  };
  const vault = {
    status: async () => "live" as const,
    token: async () => ({
      token: "taiga-token",
      scheme: "Bearer" as const,
      expiresAt: clock() + 3600,
    }),
    ...options.vault,
  };
  const metrics = createMetrics({ name: "test", toRoute: toRouteName });
  const engine = createEngine({
    config,
    kv,
    keys,
    rootKeys,
    clock,
    logger,
    sleep,
    hasLiveLogin: async (grantId) => (await vault.status(grantId)) === "live",
    endGrant: createEndGrant({ kv, keys, broadcast, logger, sleep }),
    clientDocuments:
      fetchDocument &&
      createClientDocuments({
        fetch: fetchDocument,
        hosts: config.clientDocumentHosts,
        rateLimits,
      }),
    renderFailure: renderFailurePage,
    countEvent: createCounters(metrics).oauthEvents.count,
  });
  const steps: string[] = [];
  const interactions =
    options.pages?.(engine.interactions, config) ??
    createScriptedPages(engine.interactions, user, steps);
  const shared = { metrics, config, logger, engine, rootKeys, renderFailure: renderFailurePage };
  publicServer.serve(createPublicApp({ ...shared, interactions, rateLimits }));
  const rotation = createKeyRotation({ kv, keys, record, rootKeys, broadcast, clock, logger });
  const admin = { inspect: unused, keyRotation: rotation, ...options.admin };
  privateServer.serve(createPrivateApp({ ...shared, store: kv, vault, revocations, clock, admin }));
  return {
    issuer: config.issuer,
    url: publicServer.url,
    privateUrl: privateServer.url,
    kv,
    keys,
    rotation,
    user,
    config,
    steps,
    close: async () => {
      await revocations.close();
      await rootKeys.close();
      await Promise.all([publicServer.close(), privateServer.close()]);
    },
  };
}

const unused = (): Promise<never> => Promise.reject(new Error("No operator is expected here."));

function toConfig(issuer: string, overrides: Partial<Config> = {}): Config {
  const listener = { host: "127.0.0.1", port: 0 };
  return {
    issuer,
    resource: RESOURCE,
    publicListener: listener,
    privateListener: listener,
    taigaApiUrl: TAIGA_API_URL,
    taigaWebUrl: "http://localhost:3003",
    taigaConnection: { ca: undefined, proxy: undefined },
    taigaLoginType: "normal",
    offersPassword: true,
    applicationId: undefined,
    allowLists: { users: [], emailDomains: [] },
    accessLimit: "admin",
    masterKeys: MASTER_KEYS,
    resourceServer: RESOURCE_SERVER,
    accessTokenTtlSeconds: 1800,
    grantTtlSeconds: 30 * 86_400,
    newGrantTtlSeconds: 660,
    authorizationCodeTtlSeconds: 60,
    refreshGraceSeconds: 30,
    registrationsPerHour: 1000,
    registrationsPerHourTotal: 10_000,
    takesClientDocuments: false,
    clientDocumentHosts: { allowed: [], denied: [] },
    maxGrantsPerUser: 50,
    storeUrl: "sqlite:",
    dataDir: "/nonexistent",
    logLevel: "silent",
    trustProxy: 0,
    ...overrides,
  };
}

/** A stand-in for the pages: opening one does at once what its form would do. */
function createScriptedPages(interactions: Interactions, user: User, steps: string[]): Router {
  return Router().get("/interaction/:uid", async (req, res) => {
    const interaction = await interactions.find(req, res, req.params.uid);
    if (interaction === undefined) {
      res.status(400).type("html").send("<p>This login has ended.</p>");
      return;
    }
    steps.push(interaction.step);
    if (user.decision === "deny") return interactions.deny(req, res, interaction);
    if (interaction.step === "login" || req.query["account"] === "other") {
      return interactions.finishLogin(req, res, interaction, user.accountId);
    }
    const { grantId } = await interactions.createGrant(interaction, user.limits);
    await interactions.finishConsent(req, res, interaction, grantId);
  });
}

interface RunningServer {
  url: string;
  serve(app: RequestListener): void;
  close(): Promise<void>;
}

/** Listens first and answers later, because the issuer holds the port. */
async function startServer(): Promise<RunningServer> {
  let app: RequestListener | undefined;
  const server: Server = createServer((req, res) => app?.(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    serve: (listener) => {
      app = listener;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
