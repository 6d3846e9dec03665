import type { Clock } from "@taiga-mcp/service";
import type { Kv, StoreWatch } from "@taiga-mcp/store";
import { type Express, Router } from "express";
import { toAdminToken } from "../operations/admin-token.ts";
import { type ActivityIntakeDeps, createActivityIntake } from "./activity-intake.ts";
import { createAdminAuth } from "./admin-auth.ts";
import { type AdminRoutesDeps, createAdminRoutes } from "./admin-routes.ts";
import { createErrorHandler, notFound } from "./error-handler.ts";
import { createHealthRoute, createReadinessRoute } from "./health.ts";
import { createIntrospection } from "./introspect.ts";
import { createLimit } from "./limits.ts";
import { createOwnHostGuard } from "./own-host.ts";
import { createKeyGuard } from "./require-keys.ts";
import { createMetadataRoutes, METADATA_PATH } from "./metadata.ts";
import { createRevocationStream } from "./revocation-stream.ts";
import { createTokenExchange } from "./token-exchange.ts";
import type { RevocationFeed } from "../grants/revocation-feed.ts";
import type { Vault } from "../vault/vault.ts";
import {
  type AppDeps,
  authenticate,
  createBareApp,
  FAILURES_PER_MINUTE,
  toIntrospectionDeps,
} from "./bare-app.ts";

export interface PrivateAppDeps extends AppDeps {
  store: Pick<Kv, "ping">;
  storeWatch: Pick<StoreWatch, "readiness">;
  vault: Pick<Vault, "token">;
  revocations: Pick<RevocationFeed, "join">;
  activity: ActivityIntakeDeps["activity"];
  findOwner: ActivityIntakeDeps["findOwner"];
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
    createOwnHostGuard({ names: config.listeners.privateNames, logger: deps.logger }),
    createHealthRoute(),
    createReadinessRoute(deps),
    Router().get("/metrics", deps.metrics.route),
  );
  const operator = createAdminAuth({
    tokens: config.masterKeys.map(toAdminToken),
    limitFailures: createLimit({
      what: "failed attempts",
      windowSeconds: 60,
      maximum: FAILURES_PER_MINUTE,
    }),
  });
  // The resource server's host has a copy for clients of MCP 2025-03-26.
  app.use(createMetadataRoutes(config, [METADATA_PATH]));
  // Before the guard: the operator wants to know why there are no keys.
  app.use(createAdminRoutes({ ...deps.admin, authenticate: operator }));
  app.use(createKeyGuard(deps.rootKeys));
  const guard = authenticate(deps);
  app.use(createIntrospection({ ...toIntrospectionDeps(deps), authenticate: guard }));
  app.use(
    createTokenExchange({
      ...deps,
      resource: config.resource,
      taigaApiUrl: config.taigaApiUrl,
      accessTokens: engine.accessTokens,
      authenticate: guard,
    }),
  );
  app.use(createActivityIntake({ ...deps, authenticate: guard }));
  app.use(createRevocationStream({ feed: deps.revocations, authenticate: guard }));
  app.use(notFound, createErrorHandler(deps));
  return app;
}
