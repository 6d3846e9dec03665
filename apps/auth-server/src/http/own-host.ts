import { isLoopback, type Logger } from "@taiga-mcp/service";
import type { Request, RequestHandler } from "express";
import { OAuthError, sendOAuthError } from "./oauth-error.ts";

export interface OwnHostDeps {
  /** Host names, without ports; `*.example.com` for all below a name. */
  names: readonly string[];
  logger: Logger;
}

/**
 * Answers only requests whose `Host` header names this server: 421 otherwise. A web page can give
 * its own host name the address of this machine after it has loaded (DNS rebinding), so that the
 * browser takes this listener for the page's own server. Any port is accepted, because ports are
 * mapped on the way.
 *
 * A browser sends an address as `Host` only for a page that was loaded from that address; so the
 * address at which the request arrived is accepted, too.
 *
 * @see RFC 9110 section 15.5.20
 */
export function createOwnHostGuard({ names, logger }: OwnHostDeps): RequestHandler {
  const isOwnName = (hostname: string): boolean =>
    names.some((name) =>
      name.startsWith("*.") ? hostname.endsWith(name.slice(1)) : hostname === name,
    );
  return (req, res, next) => {
    const url = toUrl(req);
    // HTTP/1.0, as some health checks of load balancers use; browsers do not.
    if (url === undefined) return next();
    if (url !== null && (isLoopback(url) || isOwnName(url.hostname) || isOwnAddress(url, req))) {
      return next();
    }
    logger.warn({ host: req.headers.host?.slice(0, 255) }, "private listener refused a host name");
    sendOAuthError(
      res,
      new OAuthError(
        "invalid_request",
        "This listener does not answer under this host name. AUTH_SERVER_PRIVATE_NAMES can allow it.",
        { status: 421 },
      ),
    );
  };
}

/** @returns `undefined` without a `Host` header, `null` when it is not a host. */
function toUrl({ headers: { host } }: Request): URL | null | undefined {
  if (host === undefined) return undefined;
  return /[/?#@\\]/.test(host) ? null : URL.parse(`http://${host}`);
}

/** Without the brackets of IPv6, and without the prefix of IPv4 in an IPv6 socket. */
const isOwnAddress = ({ hostname }: URL, { socket }: Request): boolean =>
  hostname.replace(/^\[|\]$/g, "") === socket.localAddress?.replace(/^::ffff:/, "");
