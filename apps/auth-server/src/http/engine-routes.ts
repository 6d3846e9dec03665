import express, { type Request, type RequestHandler, type Response, Router } from "express";
import { IncomingMessage, type RequestListener } from "node:http";
import { type AuthorizationRules, toAuthorizationRequest } from "./authorization-request.ts";
import { readEmptySecret } from "./empty-secret.ts";
import { noteOn, notesOf } from "../engine/boundary/request-notes.ts";
import type { EngineRequest } from "../engine/boundary/ports.ts";
import { OAuthError } from "./oauth-error.ts";
import { toTokenRequest } from "./token-request.ts";
import {
  findRefusedRedirectUris,
  toClientMetadata,
  toClientUpdate,
} from "../clients/registration-request.ts";

/** Enough for a registration (RFC 7591) with ten long redirect URIs, the largest request there is. */
const MAX_BODY_BYTES = 32 * 1024;

const FORM = "application/x-www-form-urlencoded";

export interface EngineRoutesDeps {
  /** The protocol engine. */
  engine: RequestListener;
  rules: AuthorizationRules;
  /** Schemes without a dot that redirect URIs may use, besides those of well-known clients. */
  redirectSchemes: readonly string[];
  /** Run before a client is registered. */
  limitRegistrations: readonly RequestHandler[];
  /** Run before an authorization request is stored. */
  limitAuthorizations: readonly RequestHandler[];
}

/**
 * The only routes to the engine, matched exactly, with normalised requests. The engine matches paths
 * loosely, so no other request may reach it.
 */
export function createEngineRoutes(deps: EngineRoutesDeps): Router {
  const { rules, redirectSchemes, limitRegistrations, limitAuthorizations } = deps;
  const clientRules = { redirectSchemes };
  const noteRefused = (req: Request): void =>
    noteOn(req, { refusedRedirectUris: findRefusedRedirectUris(req.body, clientRules) });
  const run: RequestHandler = (req, res) => runEngine(deps.engine, req, res);
  const router = Router({ strict: true, caseSensitive: true });

  router.route("/authorize").get(...limitAuthorizations, asPage, shapeQuery(rules), run);
  router
    .route("/authorize")
    .post(...limitAuthorizations, requireType(FORM), readText, asPage, shapeForm(rules), run)
    .all(refuseMethod("GET, POST"));
  router.route("/authorize/:uid").get(asPage, run).all(refuseMethod("GET"));

  const runForm = (toRequest: (asked: URLSearchParams) => URLSearchParams): RequestHandler[] => [
    requireType(FORM),
    readText,
    asJson,
    (req, res) => {
      const form = toRequest(toForm(req));
      const triedBasic = readEmptySecret(req.headers.authorization, form);
      const request = withBody(req, form.toString());
      if (triedBasic) delete request.headers.authorization;
      runEngine(deps.engine, Object.assign(request, { triedBasic }), res);
    },
  ];
  router.route("/token").post(runForm(toTokenRequest)).all(refuseMethod("POST"));
  router
    .route("/revoke")
    .post(runForm((asked) => asked))
    .all(refuseMethod("POST"));
  router
    .route("/register")
    .post(...limitRegistrations, requireType("application/json"), readJson, asJson, (req, res) => {
      const metadata = JSON.stringify(toClientMetadata(req.body, clientRules));
      noteRefused(req);
      runEngine(deps.engine, withBody(req, metadata), res);
    })
    .all(refuseMethod("POST"));
  router
    .route("/register/:clientId")
    .get(asJson, run)
    .put(requireType("application/json"), readJson, asJson, (req, res) => {
      const update = JSON.stringify(toClientUpdate(req.body, clientRules));
      noteRefused(req);
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

/** The body that `readText` has read. */
const toForm = ({ body }: Request): URLSearchParams =>
  new URLSearchParams(typeof body === "string" ? body : "");

/** The engine derives its mount path from `originalUrl`; here it is always the root. */
function runEngine(engine: RequestListener, req: IncomingMessage, res: Response): void {
  Object.assign(req, { originalUrl: req.url });
  engine(req, res as Response & { req: IncomingMessage });
}

/** Makes the engine send errors as JSON, even if the client accepts HTML. */
const asJson: RequestHandler = (req, _res, next) => {
  req.headers.accept = "application/json";
  next();
};

/** Makes the engine send errors as a page, even if the client does not accept HTML. */
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

/** An authorization request by POST means the same (RFC 6749 §3.1); the engine gets it as a GET. */
const shapeForm =
  (rules: AuthorizationRules): RequestHandler =>
  (req, _res, next) => {
    req.url = `/authorize?${toAuthorizationRequest(toForm(req), rules).toString()}`;
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

const refuseMethod =
  (allowed: string): RequestHandler =>
  (req, res) => {
    res.set("Allow", allowed);
    throw new OAuthError("invalid_request", `Use ${allowed}, not ${req.method}.`, { status: 405 });
  };

/**
 * Copies a request with another, unread body, because the engine reads bodies itself. The copy keeps
 * the notes on the request, and Express's `ip`, by which fetches of client metadata documents are
 * limited.
 */
function withBody(req: Request, body: string): EngineRequest {
  const bytes = Buffer.from(body);
  const copy: EngineRequest = new IncomingMessage(req.socket);
  copy.method = req.method;
  copy.url = req.url;
  copy.httpVersion = req.httpVersion;
  copy.headers = { ...req.headers, "content-length": String(bytes.length) };
  delete copy.headers["transfer-encoding"];
  copy.ip = req.ip;
  noteOn(copy, notesOf(req));
  copy.push(bytes);
  copy.push(null);
  // Node treats the end of an incomplete message as a broken connection and closes it.
  copy.complete = true;
  return copy;
}
