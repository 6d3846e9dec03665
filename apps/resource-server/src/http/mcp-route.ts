import { toNodeHandler } from "@modelcontextprotocol/node";
import type { McpHttpHandler } from "@modelcontextprotocol/server";
import { CodedError, logFailure, type Logger } from "@taiga-mcp/service";
import { NarrowingError, parseNarrowing } from "@taiga-mcp/taiga-tools";
import express, { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import { REQUEST_ID_HEADER } from "../mcp/caller.ts";
import { findInvalidParams, withoutNullParams } from "../mcp/check-params.ts";
import { withArgumentObjects } from "../mcp/lenient-arguments.ts";
import { retryAfterOf } from "../mcp/retry-after.ts";
import { withFinalSlash } from "./protected-resource-metadata.ts";
import { readAccepted, toAcceptedResponse } from "./accepted-response.ts";

const MAX_BODY = "4mb";

/** Far more than any tool's arguments need. Recursive serializers overflow at some thousands. */
const MAX_NESTING = 64;

/** Messages of a JSON-RPC batch, which clients of the oldest revision may send. */
const MAX_BATCH = 50;

/** JSON-RPC 2.0 section 5.1. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const INVALID_PARAMS = -32_602;
/** The code of the SDK for HTTP errors that JSON-RPC has no code for. */
const SERVER_ERROR = -32_000;

const NOT_ACCEPTABLE =
  "This server answers with application/json or text/event-stream: accept one of them.";

export interface McpRouteDeps {
  /** The MCP endpoint's address, as clients enter it. */
  resource: string;
  /** Run first, for every method. */
  gates: readonly RequestHandler[];
  handler: Pick<McpHttpHandler, "fetch">;
  logger: Logger;
}

/**
 * The MCP endpoint, with and without a trailing slash; no other spelling is served, because each needs
 * metadata that names it. The bearer gate comes first, so that a client that
 * starts with a GET learns where to log in. Then only POST passes. The body is read last.
 *
 * @see MCP Streamable HTTP
 */
export function createMcpRoute({ resource, gates, handler, logger }: McpRouteDeps): Router {
  const onerror = (error: Error) =>
    logFailure(logger, "error", { err: error }, "MCP request failed");
  const mcp: RequestHandler = async (req, res) => {
    // Replaces whatever the client sent by the id from the request log.
    req.headers[REQUEST_ID_HEADER] = res.get(REQUEST_ID_HEADER);
    const sent = withArgumentObjects(req.body);
    if (isTooNested(sent)) {
      res.status(400).json(toJsonRpcError(INVALID_REQUEST, "The request is nested too deeply."));
      return;
    }
    if (Array.isArray(sent) && sent.length > MAX_BATCH) {
      const message = `A batch may have at most ${MAX_BATCH} messages.`;
      res.status(400).json(toJsonRpcError(INVALID_REQUEST, message));
      return;
    }
    const body = withoutNullParams(sent);
    const invalid = findInvalidParams(body);
    if (invalid !== undefined) {
      const { id, message } = invalid;
      // Clients of the 2025 revisions read the JSON-RPC error only when the status is 200.
      res.status(id === null ? 400 : 200).json(toJsonRpcError(INVALID_PARAMS, message, id));
      return;
    }
    const accepted = readAccepted(req);
    if (!accepted.json && !accepted.stream) {
      res.status(406).json(toJsonRpcError(SERVER_ERROR, NOT_ACCEPTABLE));
      return;
    }
    // The SDK refuses a client that accepts only one of them.
    req.headers.accept = "application/json, text/event-stream";
    const serve = toNodeHandler(
      {
        fetch: async (request, options) => {
          const response = await handler.fetch(request, options);
          // The SDK asks for keep-alive on streams, even if the client has asked for `close`.
          response.headers.delete("connection");
          const answer = await toAcceptedResponse(response, accepted, Array.isArray(body));
          const wait = retryAfterOf(req.auth);
          if (wait !== undefined) answer.headers.set("Retry-After", String(wait));
          return answer;
        },
      },
      { onerror },
    );
    await serve(req, res, body);
  };
  const readJson = express.json({ limit: MAX_BODY });
  return Router({ strict: true, caseSensitive: true }).all(
    withFinalSlash(new URL(resource).pathname),
    ...gates,
    postOnly,
    checkNarrowing,
    readJson,
    mcp,
    unreadableBody,
  );
}

/** There are no sessions and no streams that a client could GET or DELETE. */
const postOnly: RequestHandler = (req, res, next) => {
  if (req.method === "POST") return next();
  res
    .status(405)
    .set("Allow", "POST")
    .json(toJsonRpcError(SERVER_ERROR, "Method not allowed: use POST."));
};

/** Rejects an address with an unknown toolset; the message lists the existing ones. */
const checkNarrowing: RequestHandler = (req, _res, next) => {
  try {
    parseNarrowing(new URL(req.originalUrl, "http://localhost").searchParams);
  } catch (error) {
    if (!(error instanceof NarrowingError)) throw error;
    throw new CodedError("invalid_request", error.message);
  }
  next();
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
