import { toNodeHandler } from "@modelcontextprotocol/node";
import type { McpHttpHandler } from "@modelcontextprotocol/server";
import { CodedError, type Logger } from "@taiga-mcp/service";
import express, { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import { REQUEST_ID_HEADER } from "../mcp/caller.ts";
import { withArgumentObjects } from "../mcp/lenient-arguments.ts";
import { NarrowingError, parseNarrowing } from "@taiga-mcp/taiga-tools";

const MAX_BODY = "4mb";

/** Far more than any tool's arguments need. Recursive serializers overflow at some thousands. */
const MAX_NESTING = 64;

/** JSON-RPC 2.0 section 5.1. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
/** What the SDK answers for HTTP refusals that JSON-RPC has no code for. */
const REFUSED = -32_000;

export interface McpRouteDeps {
  /** Our address, as clients enter it. */
  resource: string;
  /** Runs before everything else here, for every method. */
  gate: RequestHandler;
  handler: Pick<McpHttpHandler, "fetch">;
  logger: Logger;
}

/**
 * The MCP endpoint, with and without a trailing slash. First the gate, so that a client that
 * begins with a GET learns where to log in; then POST only; the body is read last.
 *
 * @see MCP Streamable HTTP
 */
export function createMcpRoute({ resource, gate, handler, logger }: McpRouteDeps): Router {
  const serve = toNodeHandler(handler, {
    onerror: (error) => logger.error({ err: error }, "MCP request failed"),
  });
  const mcp: RequestHandler = async (req, res) => {
    // Whatever a client put there, from here on it is the id we gave.
    req.headers[REQUEST_ID_HEADER] = res.get(REQUEST_ID_HEADER);
    const body = withArgumentObjects(req.body);
    if (isTooNested(body)) {
      res.status(400).json(toJsonRpcError(INVALID_REQUEST, "The request is nested too deeply."));
      return;
    }
    await serve(req, res, body);
  };
  const readJson = express.json({ limit: MAX_BODY });
  return Router().all(
    new URL(resource).pathname,
    gate,
    postOnly,
    checkNarrowing,
    readJson,
    mcp,
    unreadableBody,
  );
}

/** No sessions and no streams opened by the client: nothing to GET or DELETE. */
const postOnly: RequestHandler = (req, res, next) => {
  if (req.method === "POST") return next();
  res
    .status(405)
    .set("Allow", "POST")
    .json(toJsonRpcError(REFUSED, "Method not allowed: use POST."));
};

/** An address that asks for a toolset that does not exist is answered with those that do. */
const checkNarrowing: RequestHandler = (req, _res, next) => {
  try {
    parseNarrowing(new URL(req.originalUrl, "http://localhost").searchParams);
  } catch (error) {
    if (!(error instanceof NarrowingError)) throw error;
    throw new CodedError("invalid_request", error.message);
  }
  next();
};

/** What express.json throws, as the JSON-RPC error that MCP clients understand. */
const unreadableBody: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (!(error instanceof Error) || !("type" in error) || !("status" in error)) return next(error);
  const isTooLarge = error.status === 413;
  res
    .status(Number(error.status))
    .json(
      isTooLarge
        ? toJsonRpcError(
            REFUSED,
            `The request is larger than ${MAX_BODY}. Send fewer items at once.`,
          )
        : toJsonRpcError(PARSE_ERROR, `The request cannot be read: ${error.message}`),
    );
};

const toJsonRpcError = (code: number, message: string) => ({
  jsonrpc: "2.0",
  error: { code, message },
  id: null,
});

/** Whether a JSON value nests lists and objects deeper than `levels`. */
const isTooNested = (value: unknown, levels = MAX_NESTING): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((part) => isTooNested(part, levels - 1)));
