import type { McpHttpHandler, OAuthTokenVerifier } from "@modelcontextprotocol/server";
import {
  createHttpLogger,
  type Logger,
  notFound,
  problemHandler,
  toScopes,
} from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import express, { type Express } from "express";
import { createBearerGate } from "../auth/bearer-gate.ts";
import type { Config } from "../config.ts";
import { createCors } from "./cors.ts";
import { createHealth } from "./health.ts";
import { createHomePage } from "./home-page.ts";
import { createHostCheck, createOriginCheck, createOriginRule } from "./host-and-origin.ts";
import { createMcpRoute } from "./mcp-route.ts";
import {
  createProtectedResourceMetadata,
  toMetadataUrl,
} from "./protected-resource-metadata.ts";
import { createSecurityHeaders } from "./security-headers.ts";

export interface AppDeps {
  config: Pick<
    Config,
    | "resource"
    | "issuer"
    | "authServerUrl"
    | "listener"
    | "allowedOrigins"
    | "accessLimit"
    | "taigaWebUrl"
    | "trustProxy"
  >;
  verifier: OAuthTokenVerifier;
  mcpHandler: Pick<McpHttpHandler, "fetch">;
  store: Pick<Kv, "ping">;
  fetch: typeof globalThis.fetch;
  logger: Logger;
}

/** The resource server's HTTP side: what runs in which order. */
export function createApp(deps: AppDeps): Express {
  const { config, verifier, mcpHandler, store, fetch, logger } = deps;
  const { resource, issuer, authServerUrl, taigaWebUrl, allowedOrigins } = config;
  const scopes = toScopes(config.accessLimit);
  const names = { resource, listenHost: config.listener.host, allowedOrigins };
  const isAllowedOrigin = createOriginRule(names);

  const app = express();
  app.set("trust proxy", config.trustProxy);
  app.set("query parser", "simple");
  // Before the request log and the Host check: probes come often, and under any name.
  app.use(createHealth({ store, authServerUrl, fetch, logger }));
  app.use(createHttpLogger(logger));
  app.use(createSecurityHeaders(resource));
  app.use(createCors(isAllowedOrigin));
  app.use(createHostCheck(names), createOriginCheck(isAllowedOrigin));
  app.use(createProtectedResourceMetadata({ resource, issuer, scopes }));
  app.use(
    createMcpRoute({
      resource,
      gate: createBearerGate({ verifier, metadataUrl: toMetadataUrl(resource), scopes }),
      handler: mcpHandler,
      logger,
    }),
  );
  app.get("/", createHomePage({ resource, taigaWebUrl }));
  app.use(notFound);
  app.use(problemHandler);
  return app;
}
