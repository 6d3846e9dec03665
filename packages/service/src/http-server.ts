import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { findTargetFault } from "./request-target.ts";

/** Time limits of connections, in milliseconds. */
export interface ConnectionLimits {
  /** How long a connection stays open without a request. */
  idleMs: number;
  /** How long the headers of a request may take to arrive. */
  headersMs: number;
  /** How long a whole request may take to arrive. Its response may take longer. */
  requestMs: number;
}

/**
 * Idle connections outlast those of the proxies that people put in front (60 to 75 s by default): a
 * proxy that is about to send a request must not find the connection closed. Responses name the time
 * in `Keep-Alive: timeout=120`.
 */
const LIMITS: ConnectionLimits = { idleMs: 120_000, headersMs: 15_000, requestMs: 30_000 };

/** How often Node.js looks for requests that exceed their limit. */
const CHECK_MS = 1_000;

export interface HttpServerOptions {
  /** This server's public address; an absolute request target must name it. */
  origin?: string;
  /** For tests. */
  limits?: ConnectionLimits;
}

/**
 * An HTTP server with time limits. It answers a request that no app should see with 400, 408 or 431 as
 * JSON: one that is not HTTP, takes too long, or names no host or several.
 */
export function createHttpServer(
  app: RequestListener,
  { origin, limits = LIMITS }: HttpServerOptions = {},
): Server {
  const responses = new WeakMap<Duplex, ServerResponse>();
  const server = createServer(
    {
      keepAliveTimeout: limits.idleMs,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headersMs),
      // `findTargetFault` refuses a missing Host, with JSON.
      requireHostHeader: false,
    },
    (req, res) => {
      responses.set(req.socket, res);
      const fault = findTargetFault(req, origin);
      if (fault === undefined) return app(req, res);
      res.writeHead(400, { ...HEADERS, Connection: "close" }).end(toBody(fault));
    },
  );
  return server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const response = responses.get(socket);
    // In the middle of a response, the refusal would become part of it.
    const isAnswering = response?.headersSent === true && !response.writableFinished;
    if (socket.writable && error.code !== "ECONNRESET" && !isAnswering) {
      socket.write(toRefusal(error.code));
    }
    socket.destroy();
  });
}

const HEADERS = { "Content-Type": "application/json", "Cache-Control": "no-store" };

const toBody = (description: string): string =>
  JSON.stringify({ error: "invalid_request", error_description: description });

/** A whole response, because there is no request to answer. */
function toRefusal(code: string | undefined): string {
  const [status, description] = REFUSALS.get(code ?? "") ?? NOT_HTTP;
  const body = toBody(description);
  const headers = { ...HEADERS, "Content-Length": body.length, Connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${status}\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
}

const NOT_HTTP = ["400 Bad Request", "The request is not valid HTTP."] as const;
const REFUSALS = new Map<string, readonly [status: string, description: string]>([
  ["ERR_HTTP_REQUEST_TIMEOUT", ["408 Request Timeout", "The request took too long to arrive."]],
  [
    "HPE_HEADER_OVERFLOW",
    ["431 Request Header Fields Too Large", "The headers of the request are too large."],
  ],
]);
