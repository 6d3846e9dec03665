import { ipKeyGenerator } from "express-rate-limit";
import type { IncomingMessage } from "node:http";

/** What one subscriber is given and may pick any address from (RFC 6177). */
const IPV6_PREFIX_BITS = 64;

/**
 * The network a request came from, as limits count: an IPv4 address, or the /64 of an IPv6 one.
 * Express knows how many proxies to believe; only its requests have `ip`.
 */
export const toNetwork = (req: IncomingMessage & { ip?: string | undefined }): string =>
  ipKeyGenerator(withoutPort(req.ip ?? req.socket.remoteAddress ?? ""), IPV6_PREFIX_BITS);

/** The same, of an address. */
export const toNetworkOf = (address: string): string =>
  ipKeyGenerator(withoutPort(address), IPV6_PREFIX_BITS);

/** Some proxies add the port, which is another one for each connection (RFC 7239 §6). */
function withoutPort(address: string): string {
  const { v4, v6 } = WITH_PORT.exec(address)?.groups ?? {};
  return v4 ?? v6 ?? address;
}

const WITH_PORT = /^(?:(?<v4>[\d.]+):\d+|\[(?<v6>[^\]]+)\](?::\d+)?)$/;
