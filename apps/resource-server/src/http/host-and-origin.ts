import { hostHeaderValidation } from "@modelcontextprotocol/express";
import { isLoopback } from "@taiga-mcp/service";
import type { RequestHandler } from "express";

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

export interface HostAndOriginDeps {
  /** Our address, as clients enter it. */
  resource: string;
  /** The address the process listens on. */
  listenHost: string;
  /** Web pages beyond our own that may call us. */
  allowedOrigins: readonly string[];
}

/** Whether a web page of an origin may call us. */
export type OriginRule = (origin: string) => boolean;

/**
 * Our own origin, those configured, and, for an installation on this machine, any page on it
 * (the Inspector has a port of its own).
 */
export function createOriginRule({ resource, allowedOrigins }: HostAndOriginDeps): OriginRule {
  const known = new Set([new URL(resource).origin, ...allowedOrigins]);
  const isLocal = isLoopback(resource);
  return (origin) => known.has(origin) || (isLocal && URL.canParse(origin) && isLoopback(origin));
}

/**
 * Keeps a web page that has its name point at this machine (DNS rebinding) from reaching us.
 * @see MCP Streamable HTTP, "Security Warning"
 */
export function createHostCheck({ resource, listenHost }: HostAndOriginDeps): RequestHandler {
  const isLocal = isLoopback(resource) || isLoopbackHost(listenHost);
  return hostHeaderValidation([new URL(resource).hostname, ...(isLocal ? LOOPBACK_NAMES : [])]);
}

/** Answers 403 to a request from a web page that is not allowed; programs send no Origin. */
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
