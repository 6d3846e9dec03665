import { ipKeyGenerator } from "express-rate-limit";
import type { IncomingMessage } from "node:http";

/** The prefix that one subscriber gets and may choose any address from (RFC 6177). */
const IPV6_PREFIX_BITS = 64;

/**
 * The network of a request, as rate limits count it: an IPv4 address, or the /64 prefix of an IPv6
 * address. Only requests of Express have `ip`, which respects the number of trusted proxies.
 */
export const toNetwork = (req: IncomingMessage & { ip?: string | undefined }): string =>
  ipKeyGenerator(withoutPort(req.ip ?? req.socket.remoteAddress ?? ""), IPV6_PREFIX_BITS);

/** The prefix that one site gets, of up to 65,536 networks (RFC 6177). */
const IPV6_SITE_BITS = 48;

/** The same for a whole site: an IPv4 address, or the /48 prefix of an IPv6 address. */
export const toSiteNetwork = (req: IncomingMessage & { ip?: string | undefined }): string =>
  ipKeyGenerator(withoutPort(req.ip ?? req.socket.remoteAddress ?? ""), IPV6_SITE_BITS);

/** The same as `toNetwork` for an address. */
export const toNetworkOf = (address: string): string =>
  ipKeyGenerator(withoutPort(address), IPV6_PREFIX_BITS);

/** Some proxies add the port, which differs for each connection (RFC 7239 §6). */
function withoutPort(address: string): string {
  const { v4, v6 } = WITH_PORT.exec(address)?.groups ?? {};
  return v4 ?? v6 ?? address;
}

const WITH_PORT = /^(?:(?<v4>[\d.]+):\d+|\[(?<v6>[^\]]+)\](?::\d+)?)$/;
