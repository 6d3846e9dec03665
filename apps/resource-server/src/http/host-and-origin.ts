import { hostHeaderValidation } from "@modelcontextprotocol/express";
import { isLoopback } from "@taiga-mcp/service";
import type { RequestHandler } from "express";

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

export interface HostAndOriginDeps {
  /** The MCP endpoint's address, as clients enter it. */
  resource: string;
  /** The address the process listens on. */
  listenHost: string;
  /** Further origins of web pages that may call this server. */
  allowedOrigins: readonly string[];
}

/** Whether web pages of an origin may call this server. */
export type OriginRule = (origin: string) => boolean;

/**
 * Allows this server's own origin and the configured ones. An installation on localhost also allows
 * every localhost origin, because the Inspector has its own port.
 */
export function createOriginRule({ resource, allowedOrigins }: HostAndOriginDeps): OriginRule {
  const known = new Set([new URL(resource).origin, ...allowedOrigins]);
  const isLocal = isLoopback(resource);
  return (origin) => known.has(origin) || (isLocal && URL.canParse(origin) && isLoopback(origin));
}

/**
 * Rejects requests with a foreign Host header. A web page could otherwise reach this server by letting
 * its own name resolve to this machine (DNS rebinding).
 * @see MCP Streamable HTTP, "Security Warning"
 */
export function createHostCheck({ resource, listenHost }: HostAndOriginDeps): RequestHandler {
  const isLocal = isLoopback(resource) || isLoopbackHost(listenHost);
  return hostHeaderValidation([new URL(resource).hostname, ...(isLocal ? LOOPBACK_NAMES : [])]);
}

/** Rejects web pages of other origins with 403. Programs outside a browser send no Origin. */
export function createOriginCheck(isAllowed: OriginRule): RequestHandler {
  return (req, res, next) => {
    const { origin } = req.headers;
    if (origin === undefined || isAllowed(origin)) return next();
    res.status(403).json({
      jsonrpc: "2.0",
      error: {
        code: -32_000,
        message:
          "This web page may not call this server. The operator can add its origin to ALLOWED_ORIGINS.",
      },
      id: null,
    });
  };
}

const isLoopbackHost = (host: string): boolean => {
  const url = host.includes(":") ? `http://[${host}]` : `http://${host}`;
  return URL.canParse(url) && isLoopback(url);
};
