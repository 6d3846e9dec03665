import {
  type Clock,
  createLogger,
  createMetrics,
  type Logger,
  systemClock,
} from "@taiga-mcp/service";
import {
  type Broadcast,
  createLocalBroadcast,
  createSignedKv,
  createSqliteKv,
  type Kv,
} from "@taiga-mcp/store";
import type { TaigaTransport } from "@taiga-mcp/taiga-client";
import { Router } from "express";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { FetchDocument } from "../../src/clients/document-fetch.ts";
import { type Config, parseConfig } from "../../src/config.ts";
import {
  type AuthServer,
  type AuthServerDeps,
  createAuthServer,
  type ReplacedParts,
} from "../../src/create-auth-server.ts";
import type { GrantScope, Interactions } from "../../src/engine/boundary/ports.ts";
import { toRouteName } from "../../src/http/route-names.ts";
import { createRecordKeys } from "../../src/secrets/record-keys.ts";
import { createKeyNames, type KeyNames } from "../../src/storage/key-names.ts";
import { isSignedKey } from "../../src/storage/signed-kinds.ts";

export const RESOURCE = "http://localhost:3002/mcp";
export const TAIGA_API_URL = "http://localhost:3003/api/v1";
export const RESOURCE_SERVER = {
  clientId: "taiga-mcp-resource-server",
  clientSecret: "an-unguessable-secret-of-the-resource-server",
};

/** MASTER_KEY with keys that are each made of one repeated byte. */
export const toMasterKeySetting = (...bytes: number[]): string =>
  bytes.map((byte) => Buffer.alloc(32, byte).toString("base64url")).join(",");

const SETTINGS = {
  MCP_URL: RESOURCE,
  TAIGA_API_URL,
  MASTER_KEY: toMasterKeySetting(7),
  RS_CLIENT_ID: RESOURCE_SERVER.clientId,
  RS_CLIENT_SECRET: RESOURCE_SERVER.clientSecret,
  REGISTRATIONS_PER_HOUR: "1000",
  REGISTRATIONS_PER_HOUR_TOTAL: "10000",
  DATA_DIR: "/nonexistent",
};

/** The choices of the user of the scripted pages; tests change them between requests. */
interface User {
  accountId: string;
  limits: GrantScope;
  decision: "allow" | "deny";
}

export interface SystemOptions extends ReplacedParts {
  kv?: Kv;
  broadcast?: Broadcast;
  /** The store's time; left out, that of this machine. */
  clock?: Clock;
  /** Settings that override those above. */
  settings?: Record<string, string>;
  logger?: Logger;
  /** With a Taiga, pages and vault are real; without one, both are scripted. */
  taiga?: TaigaTransport;
  /** Fetches metadata documents; without it they are disabled. */
  fetchDocument?: FetchDocument | undefined;
  sleep?: AuthServerDeps["sleep"];
  /** Runs the handling of each request, as the clock of another machine does. */
  around?: (handle: () => void) => void;
}

/** A running authorization server. */
export interface System extends Pick<AuthServer, "rootKeys" | "refreshSweeper" | "start"> {
  issuer: string;
  /** The actual address of the public listener; the issuer may differ. */
  url: string;
  privateUrl: string;
  /** The store as the server sees it: records without their MACs. */
  kv: Kv;
  /** The store as it is. */
  store: Kv;
  keys: KeyNames;
  rotation: AuthServer["keyRotation"];
  /** The user of the scripted pages, which log in and consent automatically. */
  user: User;
  config: Config;
  /** The step of each interaction that a scripted page was opened for. */
  steps: string[];
  close(): Promise<void>;
}

/** Starts both listeners on free ports; the issuer is the public one's address, unless set. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const { taiga, fetchDocument } = options;
  const publicServer = await startServer();
  const privateServer = await startServer();
  const clock = options.clock ?? systemClock;
  const kv = options.kv ?? createSqliteKv({ file: ":memory:", clock });
  const config = parseConfig({
    ...SETTINGS,
    ISSUER: publicServer.url,
    CLIENT_ID_METADATA_DOCUMENTS: fetchDocument === undefined ? "off" : "on",
    ...options.settings,
  });
  const user: User = {
    accountId: "alice",
    limits: { access: "write", projects: "all" },
    decision: "allow",
  };
  const steps: string[] = [];
  const scripted: ReplacedParts = {
    pages: (interactions) => createScriptedPages(interactions, user, steps),
    vault: {
      status: async () => "live",
      token: async () => ({ token: "taiga-token", scheme: "Bearer", expiresAt: clock() + 3600 }),
      ...options.vault,
    },
    ...(options.pages && { pages: options.pages }),
  };
  const server = await createAuthServer({
    config,
    store: kv,
    broadcast: options.broadcast ?? createLocalBroadcast(),
    taiga: taiga ?? NO_TAIGA,
    fetchDocument: fetchDocument ?? unexpected,
    clock,
    logger: options.logger ?? createLogger({ name: "test", level: "silent" }),
    metrics: createMetrics({ name: "test", toRoute: toRouteName }),
    sleep: options.sleep ?? (async (ms) => delay(ms)),
    random: () => 0,
    version: "1.2.3",
    replaced: {
      ...(taiga === undefined && scripted),
      ...(options.admin && { admin: options.admin }),
    },
  });
  const { around = (handle) => handle() } = options;
  publicServer.serve((req, res) => around(() => server.publicApp(req, res)));
  privateServer.serve((req, res) => around(() => server.privateApp(req, res)));
  return {
    issuer: config.issuer,
    url: publicServer.url,
    privateUrl: privateServer.url,
    kv: createSignedKv({
      kv,
      keys: createRecordKeys(server.rootKeys),
      isSigned: isSignedKey,
      adoptsUnsigned: true,
      logger: createLogger({ name: "test", level: "silent" }),
    }),
    store: kv,
    keys: createKeyNames(config.taigaApiUrl),
    rotation: server.keyRotation,
    rootKeys: server.rootKeys,
    refreshSweeper: server.refreshSweeper,
    start: () => server.start(),
    user,
    config,
    steps,
    close: async () => {
      await server.close();
      await Promise.all([publicServer.close(), privateServer.close()]);
    },
  };
}

const unexpected = (): Promise<never> => Promise.reject(new Error("This is not expected here."));
const NO_TAIGA: TaigaTransport = { send: unexpected, close: async () => undefined };

/** Scripted pages: opening one does at once what its form would do. */
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

/** Listens before the app exists, because the issuer contains the port. */
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
