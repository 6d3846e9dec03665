import { ipKeyGenerator } from "express-rate-limit";
import type { IncomingMessage } from "node:http";

/** What one subscriber is given and may pick any address from (RFC 6177). */
const IPV6_PREFIX_BITS = 64;

/**
 * The network a request came from, as limits count: an IPv4 address, or the /64 of an IPv6 one.
 * Express knows how many proxies to believe; only its requests have `ip`.
 */
export function toNetwork(req: IncomingMessage & { ip?: string | undefined }): string {
  return ipKeyGenerator(req.ip ?? req.socket.remoteAddress ?? "", IPV6_PREFIX_BITS);
}
