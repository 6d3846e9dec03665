import cors from "cors";
import type { RequestHandler } from "express";
import type { OriginRule } from "./host-and-origin.ts";

/**
 * Lets MCP clients in web pages read responses and challenges. Preflight requests are answered here:
 * they never have a token, so the bearer gate would reject them.
 *
 * There are no cookies, so `Access-Control-Allow-Credentials` is not sent.
 */
export function createCors(isAllowed: OriginRule): RequestHandler {
  return cors({
    origin: (origin, answer) => answer(null, origin === undefined || isAllowed(origin)),
    methods: ["GET", "POST", "DELETE"],
    allowedHeaders: [
      "authorization",
      "content-type",
      "accept",
      "mcp-protocol-version",
      "mcp-method",
      "mcp-name",
      "mcp-session-id",
      "last-event-id",
    ],
    exposedHeaders: [
      "WWW-Authenticate",
      "Mcp-Session-Id",
      "MCP-Protocol-Version",
      "Retry-After",
      "X-Request-Id",
    ],
    maxAge: 600,
  });
}
