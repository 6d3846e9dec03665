import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";

/** All addresses of a host name. */
export type LookUp = (hostname: string) => Promise<readonly LookupAddress[]>;

/** RFC 6761 §6.3: these names mean this machine and are never looked up. */
const LOCAL_NAME = /^(.+\.)?localhost\.?$/i;
/** RFC 8305 §3 allows less; some name servers are slow to answer for a family that a host lacks. */
const SECOND_FAMILY_MS = 250;

const THIS_MACHINE: readonly LookupAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

export interface NameResolverOptions {
  /** Limit for a whole look-up, whatever the number of name servers. */
  timeoutMs: number;
  /** Addresses of name servers, with a port if it is not 53; those of the system if left out. */
  servers?: readonly string[] | undefined;
}

/**
 * Looks names up in DNS only, each with a resolver of its own that is cancelled at the time limit.
 *
 * `dns.lookup` would not do: it occupies one of the process's four threads until the name server
 * answers, and file access and encryption wait for the same threads. `/etc/hosts` is not read, so no
 * look-up of a name that a stranger chose leads to a host that only this network knows;
 * `createHostLookup` reads it.
 *
 * The result rejects with the error of DNS when there is no address of either family in time. When one
 * family is found, the other one is waited for only briefly.
 */
export const createNameResolver =
  ({ timeoutMs, servers }: NameResolverOptions): LookUp =>
  async (hostname) => {
    if (LOCAL_NAME.test(hostname)) return THIS_MACHINE;
    const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 });
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    const deadline = setTimeout(cancel, timeoutMs);
    let soon: NodeJS.Timeout | undefined;
    const hurry = (addresses: string[]): string[] => {
      soon ??= setTimeout(cancel, SECOND_FAMILY_MS);
      return addresses;
    };
    try {
      const [ipv4, ipv6] = await Promise.allSettled([
        resolver.resolve4(hostname).then(hurry),
        resolver.resolve6(hostname).then(hurry),
      ]);
      const found = [...toAddresses(ipv4, 4), ...toAddresses(ipv6, 6)];
      if (found.length === 0 && ipv4.status === "rejected") throw ipv4.reason;
      return found;
    } finally {
      clearTimeout(deadline);
      clearTimeout(soon);
    }
  };

const toAddresses = (answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] =>
  answer.status === "fulfilled" ? answer.value.map((address) => ({ address, family })) : [];
