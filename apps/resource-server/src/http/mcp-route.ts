import {
  CodedError,
  logFailure,
  type Logger,
  RETRY_AFTER_SECONDS,
  UnavailableError,
} from "@taiga-mcp/service";
import { AddressError } from "@taiga-mcp/taiga-tools";
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response as ExpressResponse,
  Router,
} from "express";
import { findInvalidParams, withoutNullParams } from "../mcp/check-params.ts";
import type { McpHandler } from "../mcp/create-mcp-handler.ts";
import { createExchange, type Exchange, type ExchangeDeps } from "../mcp/exchange.ts";
import { withArgumentObjects } from "../mcp/lenient-arguments.ts";
import { loadsOnDemand } from "../mcp/on-demand-clients.ts";
import { findScopeChallenge } from "../mcp/scope-challenge.ts";
import { toLightRequest } from "./light-request.ts";
import { withFinalSlash } from "./protected-resource-metadata.ts";
import { readAccepted, sendAnswer } from "./send-answer.ts";

const MAX_BODY = "4mb";

/** Far more than any tool's arguments need. Recursive serializers overflow at some thousands. */
const MAX_NESTING = 64;

/** Messages of a JSON-RPC batch, which clients of the oldest revision may send. */
const MAX_BATCH = 50;

/** JSON-RPC 2.0 section 5.1. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const INVALID_PARAMS = -32_602;
const INTERNAL_ERROR = -32_603;
/** The code of the SDK for HTTP errors that JSON-RPC has no code for. */
const SERVER_ERROR = -32_000;

const NOT_ACCEPTABLE =
  "This server answers with application/json or text/event-stream: accept one of them.";

export interface McpRouteDeps {
  /** The MCP endpoint's address, as clients enter it. */
  resource: string;
  /** Run first, for every method. */
  gates: readonly RequestHandler[];
  handler: Pick<McpHandler, "answer">;
  exchange: ExchangeDeps;
  logger: Logger;
}

/**
 * The MCP endpoint, with and without a trailing slash; no other spelling is served, because each needs
 * metadata that names it. The bearer gate comes first, so that a client that
 * starts with a GET learns where to log in. Then only POST passes. The body is read last.
 *
 * @see MCP Streamable HTTP
 */
export function createMcpRoute({
  resource,
  gates,
  handler,
  exchange: deps,
  logger,
}: McpRouteDeps): Router {
  const mcp: RequestHandler = async (req, res) => {
    const body = readMessages(req, res);
    if (body === undefined) return;
    const exchange = toExchange(req, res, body, deps);
    const challenge = findScopeChallenge(body, exchange);
    if (challenge !== undefined) {
      res
        .status(403)
        .set({ "WWW-Authenticate": challenge.header, "Cache-Control": "no-store" })
        .json({ error: "insufficient_scope", error_description: challenge.reason });
      return;
    }
    const accepted = readAccepted(req);
    if (!accepted.json && !accepted.stream) {
      res.status(406).json(toJsonRpcError(SERVER_ERROR, NOT_ACCEPTABLE));
      return;
    }
    // The SDK refuses a client that accepts only one of them.
    req.headers.accept = "application/json, text/event-stream";
    const pending = handler
      .answer({ request: toLightRequest(req, res), body, exchange })
      .catch((error: unknown) => {
        logFailure(logger, "error", { err: error }, "MCP request failed");
        const problem = toJsonRpcError(INTERNAL_ERROR, "Internal server error");
        return Response.json(problem, { status: 500 });
      });
    await sendAnswer(res, pending, {
      accepted,
      lateHeaders: () =>
        exchange.retryAfterSeconds === undefined
          ? {}
          : { "Retry-After": String(exchange.retryAfterSeconds) },
    });
  };
  const readJson = express.json({ limit: MAX_BODY });
  return Router({ strict: true, caseSensitive: true }).all(
    withFinalSlash(new URL(resource).pathname),
    ...gates,
    postOnly,
    readJson,
    mcp,
    outage,
    unreadableBody,
  );
}

/**
 * The JSON-RPC messages of a request, made lenient and checked.
 * @returns `undefined` after a refusal was sent.
 */
function readMessages(req: Request, res: ExpressResponse): unknown {
  if (req.body === undefined) {
    const isJson = req.is("application/json") !== false;
    const [status, code] = isJson ? [400, PARSE_ERROR] : [415, SERVER_ERROR];
    res.status(status).json(toJsonRpcError(code, "Send one JSON-RPC message as application/json."));
    return undefined;
  }
  const sent = withArgumentObjects(req.body);
  if (isTooNested(sent)) {
    res.status(400).json(toJsonRpcError(INVALID_REQUEST, "The request is nested too deeply."));
    return undefined;
  }
  if (Array.isArray(sent) && sent.length > MAX_BATCH) {
    const message = `A batch may have at most ${MAX_BATCH} messages.`;
    res.status(400).json(toJsonRpcError(INVALID_REQUEST, message));
    return undefined;
  }
  const body = withoutNullParams(sent);
  const invalid = findInvalidParams(body);
  if (invalid === undefined) return body;
  const { id, message } = invalid;
  // Clients of the 2025 revisions read the JSON-RPC error only when the status is 200.
  res.status(id === null ? 400 : 200).json(toJsonRpcError(INVALID_PARAMS, message, id));
  return undefined;
}

/** @throws {CodedError} for an address with an unknown value; the message lists the valid ones. */
function toExchange(
  req: Request,
  res: ExpressResponse,
  body: unknown,
  deps: ExchangeDeps,
): Exchange {
  if (req.auth === undefined) throw new Error("The bearer gate did not run before an MCP request.");
  const query = new URL(req.originalUrl, "http://localhost").searchParams;
  const requestId = res.get("x-request-id") ?? "";
  const onDemand = loadsOnDemand(req.get("user-agent") ?? "", body);
  try {
    return createExchange({ authInfo: req.auth, requestId, query, loadsOnDemand: onDemand }, deps);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new CodedError("invalid_request", error.message);
  }
}

/** There are no sessions and no streams that a client could GET or DELETE. */
const postOnly: RequestHandler = (req, res, next) => {
  if (req.method === "POST") return next();
  res
    .status(405)
    .set("Allow", "POST")
    .json(toJsonRpcError(SERVER_ERROR, "Method not allowed: use POST."));
};

/** Clients show their model the body of a 503 as it is, and few of them repeat the request. */
const outage: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  if (!(error instanceof UnavailableError)) return next(error);
  const message = `${error.message.replace(/ Try again in [^.]*\.$/, "")} Nothing was done; the login is still good. Wait ${RETRY_AFTER_SECONDS} seconds, then call again.`;
  next(new UnavailableError(message, { cause: error }));
};

/** Turns errors of express.json into JSON-RPC errors, which MCP clients understand. */
const unreadableBody: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (!(error instanceof Error) || !("type" in error) || !("status" in error)) return next(error);
  const isTooLarge = error.status === 413;
  res
    .status(Number(error.status))
    .json(
      isTooLarge
        ? toJsonRpcError(
            SERVER_ERROR,
            `The request is larger than ${MAX_BODY}. Send fewer items at once.`,
          )
        : toJsonRpcError(PARSE_ERROR, `The request cannot be read: ${error.message}`),
    );
};

const toJsonRpcError = (code: number, message: string, id: string | number | null = null) => ({
  jsonrpc: "2.0",
  error: { code, message },
  id,
});

/** Whether a JSON value nests lists and objects deeper than `levels`. */
const isTooNested = (value: unknown, levels = MAX_NESTING): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((part) => isTooNested(part, levels - 1)));
