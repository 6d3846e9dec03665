import { type Clock, createHttpLogger, type Logger, type Metrics } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import express, { type Express, type RequestHandler, Router } from "express";
import { toAdminToken } from "../operations/admin-token.ts";
import type { Config } from "../config.ts";
import { createPublicKeySet } from "../secrets/cookie-keys.ts";
import type { RootKeys } from "../secrets/root-keys.ts";
import type { AuthorizationEngine, RenderFailure } from "../engine/ports.ts";
import { createAdminAuth } from "./admin-auth.ts";
import { type AdminRoutesDeps, createAdminRoutes } from "./admin-routes.ts";
import { createCors } from "./cors.ts";
import { createEngineRoutes } from "./engine-routes.ts";
import { createErrorHandler, notFound } from "./error-handler.ts";
import { createHealthRoute, createReadinessRoute } from "./health.ts";
import { createIntrospection } from "./introspect.ts";
import { createLimit } from "./limits.ts";
import { createMetadataRoutes } from "./metadata.ts";
import { createPinAuthority } from "./pin-authority.ts";
import { createKeyGuard } from "./require-keys.ts";
import { createResourceServerAuth } from "./resource-server-auth.ts";
import { createRevocationStream } from "./revocation-stream.ts";
import { createSecurityHeaders } from "./security-headers.ts";
import { createTokenExchange } from "./token-exchange.ts";
import type { RevocationFeed } from "../grants/revocation-feed.ts";
import type { RateLimit, RateLimits } from "../storage/rate-limits.ts";
import type { Vault } from "../vault/vault.ts";

/** Authorization requests of one address in a minute; each leaves a record for ten minutes. */
const AUTHORIZATIONS_PER_MINUTE = 120;

/** Failed logins of a resource server, or of the operator, from one address in a minute. */
const FAILURES_PER_MINUTE = 20;

type AppConfig = Pick<
  Config,
  | "issuer"
  | "resource"
  | "accessLimit"
  | "masterKeys"
  | "registrationsPerHour"
  | "registrationsPerHourTotal"
  | "resourceServer"
  | "taigaApiUrl"
  | "takesClientDocuments"
  | "trustProxy"
>;

interface AppDeps {
  config: AppConfig;
  logger: Logger;
  engine: AuthorizationEngine;
  renderFailure: RenderFailure;
  metrics: Pick<Metrics, "requests" | "route">;
  rootKeys: RootKeys;
}

export interface PublicAppDeps extends AppDeps {
  /** The pages and forms below /interaction/:uid, "/" and /assets/. */
  interactions: RequestHandler;
  rateLimits: RateLimits;
}

/**
 * What clients and browsers reach. The order matters: our own /introspect must come before
 * anything of the engine's, and the engine last, because it answers whatever reaches it.
 */
export function createPublicApp(deps: PublicAppDeps): Express {
  const { config, engine } = deps;
  const app = createBareApp(deps, createHealthRoute());
  app.use(createSecurityHeaders());
  app.use(createPinAuthority(config.issuer));
  app.use(createCors());
  app.use(createMetadataRoutes(config));
  app.use(createKeyGuard(deps.rootKeys));
  app.use(createIntrospection({ ...toIntrospectionDeps(deps), authenticate: authenticate(deps) }));
  app.use(deps.interactions);
  const limit = (limited: RateLimit & { isGlobal?: true }) =>
    createLimit({ ...limited, store: deps.rateLimits(limited) });
  app.use(
    createEngineRoutes({
      engine: engine.handler,
      rules: config,
      keySet: createPublicKeySet(deps.rootKeys),
      // What one network is refused does not count against everybody.
      limitRegistrations: [
        limit({
          name: "registration",
          windowSeconds: 3600,
          maximum: config.registrationsPerHour,
        }),
        limit({
          name: "registrations",
          windowSeconds: 3600,
          maximum: config.registrationsPerHourTotal,
          isGlobal: true,
        }),
      ],
      limitAuthorizations: limit({
        name: "authorization",
        windowSeconds: 60,
        maximum: AUTHORIZATIONS_PER_MINUTE,
      }),
    }),
  );
  app.use(notFound, createErrorHandler(deps));
  return app;
}

export interface PrivateAppDeps extends AppDeps {
  store: Pick<Kv, "ping">;
  vault: Pick<Vault, "token">;
  revocations: Pick<RevocationFeed, "join">;
  clock: Clock;
  admin: Omit<AdminRoutesDeps, "authenticate">;
}

/**
 * What only the resource server and the operator reach: the one place that hands out Taiga tokens.
 * Its JSON is for programs, so that the headers which tell a browser what to do are left out.
 */
export function createPrivateApp(deps: PrivateAppDeps): Express {
  const { config, engine } = deps;
  const app = createBareApp(
    deps,
    createHealthRoute(),
    createReadinessRoute(deps),
    Router().get("/metrics", deps.metrics.route),
  );
  const operator = createAdminAuth({
    tokens: config.masterKeys.map(toAdminToken),
    limitFailures: createLimit({ windowSeconds: 60, maximum: FAILURES_PER_MINUTE }),
  });
  // Before the guard: the operator wants to know why there are no keys.
  app.use(createAdminRoutes({ ...deps.admin, authenticate: operator }));
  app.use(createKeyGuard(deps.rootKeys));
  const guard = authenticate(deps);
  app.use(createIntrospection({ ...toIntrospectionDeps(deps), authenticate: guard }));
  app.use(
    createTokenExchange({
      ...deps,
      ...config,
      accessTokens: engine.accessTokens,
      authenticate: guard,
    }),
  );
  app.use(createRevocationStream({ feed: deps.revocations, authenticate: guard }));
  app.use(notFound, createErrorHandler(deps));
  return app;
}

/** @param probes come often: they are answered before the request log. */
function createBareApp({ config, logger, metrics }: AppDeps, ...probes: RequestHandler[]): Express {
  const app = express();
  app.set("trust proxy", config.trustProxy);
  app.set("query parser", "simple");
  app.disable("etag");
  app.disable("x-powered-by");
  app.use(...probes, metrics.requests, createHttpLogger(logger));
  return app;
}

const toIntrospectionDeps = ({ config, engine }: AppDeps) => ({
  accessTokens: engine.accessTokens,
  issuer: config.issuer,
  resource: config.resource,
});

/** Counted in this process: the store need not bear guesses, and a secret this long is none. */
const authenticate = ({ config }: AppDeps): RequestHandler =>
  createResourceServerAuth({
    ...config.resourceServer,
    limitFailures: createLimit({ windowSeconds: 60, maximum: FAILURES_PER_MINUTE }),
  });
