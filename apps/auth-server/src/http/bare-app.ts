import { createHttpLogger, type Logger, type Metrics } from "@taiga-mcp/service";
import express, { type Express, type RequestHandler } from "express";
import type { Config } from "../config.ts";
import type { RootKeys } from "../secrets/root-keys.ts";
import type { AuthorizationEngine, RenderFailure } from "../engine/boundary/ports.ts";
import { createLimit } from "./limits.ts";
import { createResourceServerAuth } from "./resource-server-auth.ts";

/** Failed logins of a resource server, or of the operator, from one address in a minute. */
export const FAILURES_PER_MINUTE = 20;

/** What both apps need. */
export interface AppDeps {
  config: Config;
  logger: Logger;
  engine: AuthorizationEngine;
  renderFailure: RenderFailure;
  metrics: Pick<Metrics, "requests" | "route">;
  rootKeys: RootKeys;
  /** See `IntrospectionDeps.noteUse`. */
  noteUse: (grantId: string) => void;
}

/** @param probes come often: they are answered before the request log. */
export function createBareApp(
  { config, logger, metrics }: AppDeps,
  ...probes: RequestHandler[]
): Express {
  const app = express();
  app.set("trust proxy", config.listeners.trustProxy);
  app.set("query parser", "simple");
  app.disable("etag");
  app.disable("x-powered-by");
  app.use(...probes, metrics.requests, createHttpLogger(logger));
  return app;
}

export const toIntrospectionDeps = ({ config, engine, noteUse }: AppDeps) => ({
  noteUse,
  accessTokens: engine.accessTokens,
  issuer: config.issuer,
  resource: config.resource,
});

/** Counts in this process only: the secret is too long to guess, so the store need not count. */
export const authenticate = ({ config }: AppDeps): RequestHandler =>
  createResourceServerAuth({
    ...config.resourceServer,
    limitFailures: createLimit({
      what: "failed attempts",
      windowSeconds: 60,
      maximum: FAILURES_PER_MINUTE,
    }),
  });
