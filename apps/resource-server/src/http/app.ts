import type { OAuthTokenVerifier } from "@modelcontextprotocol/server";
import {
  type Clock,
  createHttpLogger,
  type Logger,
  notFound,
  problemHandler,
  toScopes,
} from "@taiga-mcp/service";
import type { Kv, StoreWatch } from "@taiga-mcp/store";
import type { ToolRunner } from "@taiga-mcp/taiga-tools";
import express, { type Express, type RequestHandler } from "express";
import helmet from "helmet";
import { createBearerGate } from "../auth/bearer-gate.ts";
import type { Config } from "../config.ts";
import type { McpHandler } from "../mcp/create-mcp-handler.ts";
import type { McpCaller } from "../mcp/exchange.ts";
import { createAuthorizationServerMetadata } from "./authorization-server-metadata.ts";
import { createCors } from "./cors.ts";
import { createHealth, type HealthDeps } from "./health.ts";
import { createHomePage, HOME_PAGE_STYLE_HASH } from "./home-page.ts";
import { createHostCheck, createOriginCheck, createOriginRule } from "./host-and-origin.ts";
import { createMcpRoute } from "./mcp-route.ts";
import { createProtectedResourceMetadata, toMetadataUrl } from "./protected-resource-metadata.ts";

export interface AppDeps {
  config: Config;
  verifier: OAuthTokenVerifier;
  /** Runs before the bearer gate. */
  limitRefusals: RequestHandler;
  /** Runs after it. */
  limitRequests: RequestHandler;
  mcpHandler: Pick<McpHandler, "answer">;
  runner: ToolRunner<McpCaller>;
  store: Pick<Kv, "ping">;
  ownCredentials: HealthDeps["ownCredentials"];
  storeWatch: Pick<StoreWatch, "readiness">;
  fetch: typeof globalThis.fetch;
  clock: Clock;
  logger: Logger;
}

/** The middlewares and routes of the resource server, in their order. */
export function createApp(deps: AppDeps): Express {
  const { config, verifier, limitRefusals, limitRequests, mcpHandler, runner } = deps;
  const { fetch, clock, logger } = deps;
  const { resource, issuer, authServerUrl, taigaSite, allowedOrigins } = config;
  const scopes = toScopes(config.accessLimit);
  const names = { resource, listenHost: config.listener.host, allowedOrigins };
  const isAllowedOrigin = createOriginRule(names);

  const app = express();
  app.set("trust proxy", config.listener.trustProxy);
  app.set("query parser", "simple");
  // Before the request log and the Host check: probes are frequent and use any host name.
  app.use(createHealth({ ...deps, authServerUrl }));
  app.use(createHttpLogger(logger));
  app.use(createSecurityHeaders(resource));
  app.use(createCors(isAllowedOrigin));
  app.use(createHostCheck(names), createOriginCheck(isAllowedOrigin));
  app.use(createProtectedResourceMetadata({ resource, issuer, scopes }));
  app.use(createAuthorizationServerMetadata({ resource, issuer, authServerUrl, fetch, clock }));
  app.use(
    createMcpRoute({
      resource,
      gates: [
        limitRefusals,
        createBearerGate({ verifier, metadataUrl: toMetadataUrl(resource), scopes }),
        limitRequests,
      ],
      handler: mcpHandler,
      exchange: { runner, answers: config.answers, defaultToolsets: config.defaultToolsets },
      logger,
    }),
  );
  app.get("/", createHomePage({ resource, taigaSite, issuer }));
  app.use(notFound);
  app.use(problemHandler);
  return app;
}

/**
 * Security headers for the home page, and for browsers that open any other address here: nothing may
 * be loaded, framed or submitted.
 *
 * @param resource this server's address. HSTS is sent for https only: browsers would otherwise refuse
 *   http for every other program on localhost. It does not include subdomains, which may belong to
 *   other programs.
 */
const createSecurityHeaders = (resource: string): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "style-src": [HOME_PAGE_STYLE_HASH],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
      },
    },
    strictTransportSecurity: resource.startsWith("https:") && { includeSubDomains: false },
    xFrameOptions: { action: "deny" },
  });
