import cors from "cors";
import { type Express, type RequestHandler, Router } from "express";
import { createEngineRoutes } from "./engine-routes.ts";
import { createErrorHandler, notFound } from "./error-handler.ts";
import { createHealthRoute } from "./health.ts";
import { createIntrospection } from "./introspect.ts";
import { createLimit, type LimitOptions } from "./limits.ts";
import { createMetadataRoutes, METADATA_PATHS } from "./metadata.ts";
import { createNewcomerNote } from "./newcomers.ts";
import { createKeyGuard } from "./require-keys.ts";
import { createSecurityHeaders } from "./security-headers.ts";
import type { RateLimit, RateLimits } from "../storage/rate-limits.ts";
import { INTERACTION_TTL_SECONDS } from "../storage/interaction-lifetimes.ts";
import { type AppDeps, authenticate, createBareApp, toIntrospectionDeps } from "./bare-app.ts";

/** Authorization requests of one address in a minute; each leaves a record for ten minutes. */
const AUTHORIZATIONS_PER_MINUTE = 120;

/**
 * Registrations of one network in an hour that the limit on all networks together never refuses: the
 * first clients of a newcomer. The store stays bounded, because it keeps only so many registrations
 * without a consent.
 */
const SPARED_REGISTRATIONS = 3;

/** Authorization requests of a network in the lifetime of one with which it counts as a newcomer. */
const NEWCOMERS_AUTHORIZATIONS = 10;

const PREFLIGHT_MAX_AGE_SECONDS = 3600;

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
  const limit = (limited: RateLimit & Omit<LimitOptions, "store">) =>
    createLimit({ ...limited, store: deps.rateLimits(limited) });
  app.use(
    createEngineRoutes({
      engine: engine.handler,
      rules: config,
      redirectSchemes: config.clients.redirectSchemes,
      // What one network is refused does not count against everybody.
      limitRegistrations: [
        limit({
          name: "registration",
          what: "client registrations",
          setting: "REGISTRATIONS_PER_HOUR",
          windowSeconds: 3600,
          maximum: config.clients.registrationsPerHour,
        }),
        createNewcomerNote({
          name: "registering-site",
          windowSeconds: 3600,
          maximum: SPARED_REGISTRATIONS,
          rateLimits: deps.rateLimits,
        }),
        limit({
          name: "registrations",
          what: "client registrations",
          setting: "REGISTRATIONS_PER_HOUR_TOTAL",
          windowSeconds: 3600,
          maximum: config.clients.registrationsPerHourTotal,
          isGlobal: true,
          sparesNewcomers: true,
        }),
      ],
      limitAuthorizations: [
        limit({
          name: "authorization",
          what: "authorization requests",
          windowSeconds: 60,
          maximum: AUTHORIZATIONS_PER_MINUTE,
        }),
        createNewcomerNote({
          name: "authorizing-site",
          windowSeconds: INTERACTION_TTL_SECONDS,
          maximum: NEWCOMERS_AUTHORIZATIONS,
          rateLimits: deps.rateLimits,
        }),
      ],
    }),
  );
  app.use(notFound, createErrorHandler(deps));
  return app;
}

/**
 * Makes every request look as if it had come to the issuer's address. The engine builds URLs from
 * the request (metadata, redirects, `Secure` cookies), so whatever Host, `X-Forwarded-*` or an
 * absolute request target (RFC 9112 §3.2.2) say must not reach it. A final slash counts for nothing.
 *
 * @param issuer bare origin.
 */
function createPinAuthority(issuer: string): RequestHandler {
  const { host, protocol } = new URL(issuer);
  return (req, _res, next) => {
    req.headers.host = host;
    req.headers["x-forwarded-proto"] = protocol.slice(0, -1);
    delete req.headers["x-forwarded-host"];
    delete req.headers["x-forwarded-port"];
    delete req.headers.forwarded;
    if (!req.url.startsWith("/")) req.url = toOriginForm(req.url);
    req.url = withoutFinalSlash(req.url);
    req.originalUrl = req.url;
    next();
  };
}

function toOriginForm(target: string): string {
  const url = URL.parse(target);
  return url === null ? "/" : `${url.pathname}${url.search}`;
}

/** Some clients add a slash to the endpoints that they build from the issuer. */
const withoutFinalSlash = (target: string): string =>
  target.replace(/^(\/[^?]*[^/?])\/(?=\?|$)/, "$1");

/**
 * Lets clients that run in a browser discover, register, and get and revoke tokens. These
 * endpoints know no cookies, so any origin may call them. Never for /authorize, which is a page,
 * nor for /introspect, which is for the resource server alone.
 */
function createCors(): RequestHandler {
  const open = (methods: string[]): RequestHandler =>
    cors({
      origin: "*",
      methods,
      maxAge: PREFLIGHT_MAX_AGE_SECONDS,
      exposedHeaders: ["WWW-Authenticate", "Retry-After"],
    });
  return Router()
    .use([...METADATA_PATHS, "/jwks"], open(["GET"]))
    .use("/register", open(["GET", "POST", "PUT", "DELETE"]))
    .use(["/token", "/revoke"], open(["POST"]));
}
