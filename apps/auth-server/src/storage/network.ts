import { ipKeyGenerator } from "express-rate-limit";
import type { IncomingMessage } from "node:http";

/** What one subscriber is given and may pick any address from (RFC 6177). */
const IPV6_PREFIX_BITS = 64;

/**
 * The network a request came from, as limits count: an IPv4 address, or the /64 of an IPv6 one.
 * Express knows how many proxies to believe; only its requests have `ip`.
 */
export const toNetwork = (req: IncomingMessage & { ip?: string | undefined }): string =>
  ipKeyGenerator(req.ip ?? req.socket.remoteAddress ?? "", IPV6_PREFIX_BITS);

/** The same, of an address. */
export const toNetworkOf = (address: string): string => ipKeyGenerator(address, IPV6_PREFIX_BITS);
