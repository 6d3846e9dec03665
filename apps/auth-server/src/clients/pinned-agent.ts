import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { Agent } from "undici";

/** All addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** A name stands for an address that no client's document can be at. */
export class ForbiddenAddressError extends Error {}

export interface PinnedAgentDeps {
  resolve: Resolve;
  isForbidden: (address: string) => boolean;
  timeoutMs: number;
  maxResponseBytes: number;
  /** Certificate authorities besides those Node.js trusts; for tests. */
  ca?: string;
}

/**
 * A dispatcher that connects to nothing but the very addresses it has checked. The name is
 * resolved once for each connection, so it cannot mean something else a moment later (DNS
 * rebinding), and one forbidden address among several spoils them all. Redirects are not
 * followed, and proxy settings of the process do not apply: a proxy would do the resolving.
 *
 * Stricter than the engine's own dispatcher, which connects first, TLS and all, looks at the
 * address then, and does without when it cannot be set up.
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
