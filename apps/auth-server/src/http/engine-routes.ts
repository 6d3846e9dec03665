import express, { type Request, type RequestHandler, type Response, Router } from "express";
import { IncomingMessage, type RequestListener } from "node:http";
import { type AuthorizationRules, toAuthorizationRequest } from "./authorization-request.ts";
import { OAuthError } from "./oauth-error.ts";
import { toClientMetadata, toClientUpdate } from "../clients/registration-request.ts";

/** RFC 7591 bodies with ten long redirect URIs fit; nothing else is nearly as large. */
const MAX_BODY_BYTES = 32 * 1024;

const FORM = "application/x-www-form-urlencoded";

export interface EngineRoutesDeps {
  /** The protocol engine. */
  engine: RequestListener;
  rules: AuthorizationRules;
  /** Run before a client is registered. */
  limitRegistrations: readonly RequestHandler[];
  /** Run before an authorization request is stored. */
  limitAuthorizations: RequestHandler;
}

/**
 * The only way to the engine: the routes we mean to have, spelled exactly, with what clients send
 * brought into shape. The engine itself matches paths loosely, so nothing else may reach it.
 */
export function createEngineRoutes(deps: EngineRoutesDeps): Router {
  const { rules, limitRegistrations, limitAuthorizations } = deps;
  const run: RequestHandler = (req, res) => runEngine(deps.engine, req, res);
  const router = Router({ strict: true, caseSensitive: true });

  router.route("/authorize").get(limitAuthorizations, asPage, shapeQuery(rules), run);
  router
    .route("/authorize")
    .post(limitAuthorizations, requireType(FORM), readText, asPage, shapeForm(rules), run)
    .all(refuseMethod("GET, POST"));
  router.route("/authorize/:uid").get(asPage, run).all(refuseMethod("GET"));

  for (const path of ["/token", "/revoke"]) {
    router.route(path).post(requireType(FORM), limitBody, asJson, run).all(refuseMethod("POST"));
  }
  router
    .route("/register")
    .post(...limitRegistrations, requireType("application/json"), readJson, asJson, (req, res) => {
      const metadata = JSON.stringify(toClientMetadata(req.body));
      runEngine(deps.engine, withBody(req, metadata), res);
    })
    .all(refuseMethod("POST"));
  router
    .route("/register/:clientId")
    .get(asJson, run)
    .put(requireType("application/json"), readJson, asJson, (req, res) => {
      const update = JSON.stringify(toClientUpdate(req.body));
      runEngine(deps.engine, withBody(req, update), res);
    })
    .delete(asJson, run)
    .all(refuseMethod("GET, PUT, DELETE"));
  // Tokens are opaque: there is no signature to verify, but metadata must name a key set.
  router
    .route("/jwks")
    .get((_req, res) => void res.type("application/jwk-set+json").json({ keys: [] }))
    .all(refuseMethod("GET"));
  return router;
}

const readJson = express.json({ limit: MAX_BODY_BYTES });
const readText = express.text({ type: FORM, limit: MAX_BODY_BYTES });

/** The engine finds out by itself where it is mounted; here that is always the root. */
function runEngine(engine: RequestListener, req: IncomingMessage, res: Response): void {
  Object.assign(req, { originalUrl: req.url });
  engine(req, res as Response & { req: IncomingMessage });
}

/** Errors as JSON even where a browser tool asks for HTML; the engine would follow `Accept`. */
const asJson: RequestHandler = (req, _res, next) => {
  req.headers.accept = "application/json";
  next();
};

/** Errors as a page even where nobody asks for HTML. */
const asPage: RequestHandler = (req, _res, next) => {
  req.headers.accept = "text/html";
  next();
};

const shapeQuery =
  (rules: AuthorizationRules): RequestHandler =>
  (req, _res, next) => {
    const asked = new URLSearchParams(req.url.split("?").slice(1).join("?"));
    req.url = `/authorize?${toAuthorizationRequest(asked, rules).toString()}`;
    next();
  };

/** A POSTed authorization request is the same request (RFC 6749 §3.1); the engine gets it as GET. */
const shapeForm =
  (rules: AuthorizationRules): RequestHandler =>
  (req, _res, next) => {
    const asked = new URLSearchParams(typeof req.body === "string" ? req.body : "");
    req.url = `/authorize?${toAuthorizationRequest(asked, rules).toString()}`;
    req.method = "GET";
    next();
  };

const requireType =
  (type: string): RequestHandler =>
  (req, _res, next) => {
    if (req.is(type) === false) {
      throw new OAuthError("invalid_request", `The body must be ${type}.`, { status: 415 });
    }
    next();
  };

const limitBody: RequestHandler = (req, _res, next) => {
  if (Number(req.headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
    const message = `The body must have at most ${MAX_BODY_BYTES} bytes.`;
    throw new OAuthError("invalid_request", message, { status: 413 });
  }
  next();
};

const refuseMethod =
  (allowed: string): RequestHandler =>
  (req, res) => {
    res.set("Allow", allowed);
    throw new OAuthError("invalid_request", `Use ${allowed}, not ${req.method}.`, { status: 405 });
  };

/** The same request with another body, unread: the engine reads its bodies itself. */
function withBody(req: Request, body: string): IncomingMessage {
  const bytes = Buffer.from(body);
  const copy = new IncomingMessage(req.socket);
  copy.method = req.method;
  copy.url = req.url;
  copy.httpVersion = req.httpVersion;
  copy.headers = { ...req.headers, "content-length": String(bytes.length) };
  delete copy.headers["transfer-encoding"];
  copy.push(bytes);
  copy.push(null);
  // Node takes an incomplete message that ends for a broken connection and closes it.
  copy.complete = true;
  return copy;
}
