import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";
import type { Resolve } from "./pinned-agent.ts";

/** RFC 6761 §6.3: these names mean this machine and are never looked up. */
const LOCAL_NAME = /^(.+\.)?localhost\.?$/i;
const THIS_MACHINE: readonly LookupAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

export interface NameResolverOptions {
  /** Limit for a whole look-up, whatever the number of name servers. */
  timeoutMs: number;
  /** Addresses of name servers, with a port if it is not 53; those of the system if left out. */
  servers?: readonly string[];
}

/**
 * Looks names up in DNS only, each with a resolver of its own that is cancelled at the time limit.
 *
 * `dns.lookup` would not do for names that strangers choose: it occupies one of the process's four
 * threads until the name server answers, and file access, encryption and the look-ups of Taiga and
 * Redis wait for the same threads. `/etc/hosts` is not read: it names hosts of this network, to
 * which no look-up may lead.
 *
 * The result rejects with the error of DNS when there is no address of either family in time.
 */
export const createNameResolver =
  ({ timeoutMs, servers }: NameResolverOptions): Resolve =>
  async (hostname) => {
    if (LOCAL_NAME.test(hostname)) return THIS_MACHINE;
    const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 });
    if (servers !== undefined) resolver.setServers(servers);
    const deadline = setTimeout(() => resolver.cancel(), timeoutMs);
    try {
      const [ipv4, ipv6] = await Promise.allSettled([
        resolver.resolve4(hostname),
        resolver.resolve6(hostname),
      ]);
      const found = [...toAddresses(ipv4, 4), ...toAddresses(ipv6, 6)];
      if (found.length === 0 && ipv4.status === "rejected") throw ipv4.reason;
      return found;
    } finally {
      clearTimeout(deadline);
    }
  };

const toAddresses = (answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] =>
  answer.status === "fulfilled" ? answer.value.map((address) => ({ address, family })) : [];
