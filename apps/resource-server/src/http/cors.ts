import cors from "cors";
import type { RequestHandler } from "express";
import type { OriginRule } from "./host-and-origin.ts";

/**
 * Lets MCP clients that run in a web page read our answers and challenges. Preflight requests end
 * here: they never carry a token, so they must not meet the bearer gate.
 *
 * No cookies are involved, so `Access-Control-Allow-Credentials` is not sent.
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
