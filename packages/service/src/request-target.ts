import type { IncomingMessage } from "node:http";

/**
 * Checks which host a request is for, and rewrites an absolute request target to the usual form.
 * Proxies and applications choose between two hosts in different ways, and then treat one request as
 * two.
 *
 * @param origin this server's public address. An absolute target must name it; without it, the target
 *   must name the host of the `Host` header.
 * @returns what is wrong with the request, or `undefined`.
 * @see RFC 9112 sections 3.2 and 3.2.2
 */
export function findTargetFault(req: IncomingMessage, origin?: string): string | undefined {
  const hosts = req.headersDistinct["host"] ?? [];
  if (hosts.length > 1) return "Send the Host header only once.";
  const [host] = hosts;
  if (host === undefined && req.httpVersion !== "1.0") return "Send the Host header.";
  const { url = "/" } = req;
  if (url.startsWith("/") || url === "*") return undefined;
  const target = URL.parse(url);
  const own = URL.parse(origin ?? `http://${host ?? ""}`);
  if (target === null || own === null || !isSameHost(target, own)) {
    return "The request target names another host.";
  }
  req.url = `${target.pathname}${target.search}`;
  req.headers.host = target.host;
  return undefined;
}

/** A proxy that terminates TLS may have changed the scheme, and with it the default port. */
const isSameHost = (target: URL, own: URL): boolean =>
  target.hostname === own.hostname && toPort(target) === toPort(own);

const toPort = ({ port, protocol }: URL): string => port || (protocol === "https:" ? "443" : "80");
