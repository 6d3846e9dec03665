import dns, { type LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { callbackify } from "node:util";
import { createNameResolver, type LookUp, type NameResolverOptions } from "./name-resolver.ts";
import { createSingleFlight } from "./single-flight.ts";

const TIMEOUT_MS = 2_000;
const HOSTS_FILE = "/etc/hosts";

/** Errors of a name server that did not answer: the operating system would wait for it, too. */
const NO_ANSWER = new Set(["ETIMEOUT", "ECANCELLED", "ECONNREFUSED"]);

export interface HostLookupOptions extends Partial<NameResolverOptions> {
  /** Names that are known without a name server. */
  hostsFile?: string;
  /** How the operating system looks names up. */
  system?: LookUp;
}

/** Not `dns.lookup`, which `replaceSystemLookup` replaces. */
const systemLookUp: LookUp = (hostname) => lookup(hostname, { all: true, order: "ipv4first" });

/**
 * Looks up the hosts that the operator names (Taiga, Redis, the authorization server) as the operating
 * system does, but without its threads and with a time limit: `/etc/hosts` first, then DNS.
 *
 * A name that DNS does not know is looked up by the operating system: it knows search domains, mDNS and
 * other sources. It is not asked while the name server is silent, because it would wait for it in one of
 * the process's four threads for up to half a minute, and cannot be cancelled.
 *
 * The result rejects with the error of DNS or of the operating system.
 */
export function createHostLookup(options: HostLookupOptions = {}): LookUp {
  const {
    timeoutMs = TIMEOUT_MS,
    servers,
    hostsFile = HOSTS_FILE,
    system = systemLookUp,
  } = options;
  const resolve = createNameResolver({ timeoutMs, servers });
  const singleFlight = createSingleFlight<readonly LookupAddress[]>();

  const askNameServer: LookUp = async (hostname) => {
    try {
      const found = await resolve(hostname);
      if (found.length > 0) return found;
    } catch (error) {
      if (NO_ANSWER.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
    return await system(hostname);
  };

  return async (hostname) => {
    const family = isIP(hostname);
    if (family !== 0) return [{ address: hostname, family }];
    const known = readHosts(hostsFile, hostname);
    return known.length > 0 ? known : await singleFlight(hostname, () => askNameServer(hostname));
  };
}

/** Read each time, because containers change it; it is short. */
function readHosts(file: string, hostname: string): LookupAddress[] {
  const wanted = hostname.toLowerCase().replace(/\.$/, "");
  return readText(file)
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .filter(([, ...names]) => names.some((name) => name.toLowerCase() === wanted))
    .map(([address = ""]) => ({ address, family: isIP(address) }))
    .filter(({ family }) => family !== 0)
    .toSorted((one, other) => one.family - other.family);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

type Callback = (
  error: NodeJS.ErrnoException | null,
  found: string | LookupAddress[],
  family?: number,
) => void;

/**
 * Makes every connection of this process look its host up with `lookUp`: those of the Redis client and
 * of `fetch`, too, which offer no setting for that. `node:net` calls `dns.lookup` for each of them.
 */
export function replaceSystemLookup(lookUp: LookUp): void {
  const resolve = callbackify(lookUp);
  const replacement = (
    hostname: string,
    given: dns.LookupOptions | number | Callback,
    then?: Callback,
  ) => {
    const callback = typeof given === "function" ? given : (then as Callback);
    const options = typeof given === "object" ? given : { family: Number(given) || 0 };
    resolve(hostname, (error, found) => {
      if (error === null) answer(callback, options, hostname, found);
      else callback(error, []);
    });
  };
  dns.lookup = replacement as typeof dns.lookup;
}

function answer(
  callback: Callback,
  { all = false, family }: dns.LookupOptions,
  hostname: string,
  found: readonly LookupAddress[],
): void {
  const wanted = Number(String(family ?? 0).replace("IPv", ""));
  const fitting = found.filter((one) => wanted === 0 || one.family === wanted);
  const [first] = fitting;
  if (first === undefined) callback(notFound(hostname), []);
  else if (all) callback(null, fitting);
  else callback(null, first.address, first.family);
}

const notFound = (hostname: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`The name ${hostname} has no address of the wanted kind.`), {
    code: "ENOTFOUND",
    hostname,
  });
