import type { OAuthTokenVerifier } from "@modelcontextprotocol/server";
import {
  type Clock,
  createOutageLog,
  logFailure,
  type Logger,
  TAIGA_OUTAGE,
} from "@taiga-mcp/service";
import { createSignedKv, createStoreWatch, type Kv, withLock } from "@taiga-mcp/store";
import { type TaigaTransport, watchTransport } from "@taiga-mcp/taiga-client";
import {
  createToolRunner,
  deriveConfirmationKey,
  type LoadedTool,
  type ToolRunnerDeps,
} from "@taiga-mcp/taiga-tools";
import type { Express } from "express";
import { createAbortableFetch } from "./auth/abortable-fetch.ts";
import { createActivityReport, type ReportedWrite } from "./auth/activity-report.ts";
import { createAuthorizationServer } from "./auth/authorization-server.ts";
import { followRevocations, type RevocationFollower } from "./auth/follow-revocations.ts";
import { createGrantTransport } from "./auth/grant-transport.ts";
import { createIntrospectionCache } from "./auth/introspection-cache.ts";
import { createIntrospectionVerifier } from "./auth/introspection-verifier.ts";
import { createOwnCredentials } from "./auth/own-credentials.ts";
import { createRefusalLimit } from "./auth/refusal-limit.ts";
import { createTaigaCredentials, type TaigaCredentials } from "./auth/taiga-credentials.ts";
import { createRepeatingFetch } from "./auth/repeating-fetch.ts";
import { requireTokenShape } from "./auth/token-shape.ts";
import type { Config } from "./config.ts";
import { createApp } from "./http/app.ts";
import { AUTH_SERVER_OUTAGE, watchFetch } from "./auth/watch-fetch.ts";
import { createCallLimits } from "./limits/call-limits.ts";
import { createRequestLimit } from "./limits/request-limit.ts";
import { createMcpHandler } from "./mcp/create-mcp-handler.ts";
import { createMcpServerFactory } from "./mcp/create-mcp-server.ts";
import { createRecordKeys } from "./record-keys.ts";
import type { McpCaller } from "./mcp/exchange.ts";

export interface ResourceServerDeps {
  config: Config;
  store: Kv;
  /** Sends all requests to Taiga. */
  taiga: TaigaTransport;
  /** Of all toolsets, in the order of the list. */
  tools: readonly LoadedTool[];
  /** Reaches the authorization server. */
  fetch: typeof globalThis.fetch;
  /** The store's time, which all replicas share. */
  clock: Clock;
  logger: Logger;
  /** Of this program; clients may show it. */
  version: string;
  /** For tests; each part that is left out is the real one. */
  replaced?: {
    /** Introspects tokens, behind the cache. */
    verifier?: OAuthTokenVerifier | undefined;
    /** Whether a text can be an access token. */
    isTokenShape?: ((token: string) => boolean) | undefined;
  };
}

/** The resource server, except for its listener. */
export interface ResourceServer {
  app: Express;
  /** The Taiga tokens that are held for grants. */
  credentials: TaigaCredentials;
  /** Begins to follow revocations; until then no introspection response is cached. */
  start(): void;
  /** Ends the revocation stream and open MCP requests; nothing that was passed in is closed. */
  close(): Promise<void>;
}

/** Joins all parts of the resource server. Nothing is sent yet. */
export function createResourceServer(deps: ResourceServerDeps): ResourceServer {
  const { config, store, clock, logger, replaced = {} } = deps;
  const taiga = watchTransport(deps.taiga, createOutageLog(logger, TAIGA_OUTAGE));
  const fetch = createAbortableFetch(
    watchFetch(deps.fetch, createOutageLog(logger, AUTH_SERVER_OUTAGE)),
  );
  const { issuer, resource, authServerUrl, taigaWebUrl } = config;
  const ownCredentials = createOwnCredentials({ clock, logger });
  const authorizationServer = createAuthorizationServer({
    issuer,
    authServerUrl,
    ...config.resourceServer,
    fetch,
    ownCredentials,
  });
  const credentials = createTaigaCredentials({
    authorizationServer,
    taigaApiUrl: config.taigaApiUrl,
    issuer,
    clock,
  });
  const cache = createIntrospectionCache({
    verifier:
      replaced.verifier ??
      createIntrospectionVerifier({ authorizationServer, issuer, resource, clock }),
    ttlSeconds: config.introspectionCacheSeconds,
    clock,
  });
  const kv = createSignedKv({
    kv: store,
    keys: createRecordKeys(config.resourceServer.clientSecret),
    // A forged lock gains nothing, and it ends by itself.
    isSigned: (name) => !name.startsWith("write-lock:"),
    adoptsUnsigned: config.store.adoptsUnsigned,
    logger,
  });
  const activity = createActivityReport({
    send: (writes) => authorizationServer.reportActivity(writes),
    logger,
  });
  const runner = createToolRunner<McpCaller>({
    tools: deps.tools,
    operator: config,
    connect: (caller) => createGrantTransport(taiga, credentials, caller),
    store: kv,
    lock: (key, options, work) => withLock({ kv, logger }, key, options, work),
    clock,
    confirmationKey: deriveConfirmationKey(config.resourceServer.clientSecret),
    taigaWebUrl,
    ...createCallLog(logger, (write) => activity.add({ ...write, at: clock() })),
  });
  const callLimits = createCallLimits({ limits: config.callLimits, clock });
  const factory = createMcpServerFactory({
    runner,
    callLimits,
    onRefused: ({ tool, caller: { requestId, grantId } }) =>
      logger.info({ requestId, tool, grantId }, "tool call refused by limit"),
    version: deps.version,
  });
  const mcpHandler = createMcpHandler(factory, (error) =>
    logFailure(logger, "warn", { err: error }, "MCP request rejected"),
  );
  const storeWatch = createStoreWatch({ store, logger });
  let follower: RevocationFollower | undefined;
  return {
    app: createApp({
      config,
      verifier: requireTokenShape(cache, replaced.isTokenShape),
      limitRefusals: createRefusalLimit({
        maximum: config.refusalsPerMinute,
        isKnown: (token) => cache.holds(token),
      }),
      limitRequests: createRequestLimit({ perMinute: config.requestsPerMinute, clock }),
      mcpHandler,
      runner,
      store,
      ownCredentials,
      storeWatch,
      fetch: createRepeatingFetch(fetch),
      clock,
      logger,
    }),
    credentials,
    start: () => {
      follower ??= followRevocations({
        authorizationServer,
        listener: {
          ...cache,
          revoked: (gid) => {
            cache.revoked(gid);
            credentials.forget(gid);
          },
        },
        logger,
      });
    },
    close: async () => {
      storeWatch.close();
      await Promise.all([follower?.close(), activity.close()]);
      await mcpHandler.close();
    },
  };
}

/** Logs the outcome of each tool call, and reports those that write. */
const createCallLog = (
  logger: Logger,
  report: (write: Omit<ReportedWrite, "at">) => void,
): Pick<ToolRunnerDeps<McpCaller>, "onCall" | "onUnfilteredList"> => ({
  onCall({ requestId, tool, durationMs, outcome, severity, error, isWrite, target, caller }) {
    if (isWrite) report({ gid: caller.grantId, tool, object: target, outcome });
    const record = { requestId, tool, durationMs, outcome };
    if (severity === "info") logger.info(record, "tool call");
    else logFailure(logger, severity, { ...record, err: error }, "tool call");
  },
  onUnfilteredList: ({ caller: { requestId }, error }) =>
    logFailure(
      logger,
      "warn",
      { requestId, err: error },
      "tools/list not filtered by Taiga permissions",
    ),
});
