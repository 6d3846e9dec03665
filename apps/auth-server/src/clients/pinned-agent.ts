import type { LookUp } from "@taiga-mcp/service";
import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { Agent } from "undici";

/** A host name resolves to an address that is not on the public internet. */
export class ForbiddenAddressError extends Error {}

export interface PinnedAgentDeps {
  resolve: LookUp;
  isForbidden: (address: string) => boolean;
  timeoutMs: number;
  maxResponseBytes: number;
  /** Certificate authorities besides those Node.js trusts; for tests. */
  ca?: string;
}

/**
 * A dispatcher that connects only to addresses that it has checked. It resolves a name once for each
 * connection, which prevents DNS rebinding, and rejects a host if one of its addresses is forbidden.
 * It follows no redirects and ignores the proxy settings of the process, because a proxy would resolve
 * the name itself.
 *
 * Stricter than the engine's own dispatcher, which checks the address only after it has connected,
 * including TLS, and which skips the check when it cannot be set up.
 */
export const createPinnedAgent = (deps: PinnedAgentDeps): Agent =>
  new Agent({
    allowH2: false,
    headersTimeout: deps.timeoutMs,
    bodyTimeout: deps.timeoutMs,
    maxResponseSize: deps.maxResponseBytes,
    connect: {
      timeout: deps.timeoutMs,
      lookup: createCheckedLookup(deps),
      ...(deps.ca !== undefined && { ca: deps.ca }),
    },
  });

function createCheckedLookup({ resolve, isForbidden }: PinnedAgentDeps): LookupFunction {
  const resolveChecked = callbackify(async (hostname: string): Promise<LookupAddress[]> => {
    const addresses = await resolve(hostname);
    if (addresses.length === 0 || addresses.some(({ address }) => isForbidden(address))) {
      throw new ForbiddenAddressError("The host is not on the public internet.");
    }
    return [...addresses];
  });
  return (hostname, { all }, callback) =>
    resolveChecked(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) callback(error, []);
      else if (all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
}
