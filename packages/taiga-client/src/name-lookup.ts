import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";

/** All addresses of a host name. */
export type LookUp = (hostname: string) => Promise<readonly LookupAddress[]>;

/** A name server did not answer in time. */
export class NameLookupTimeoutError extends Error {
  readonly code = "NAME_LOOKUP_TIMEOUT";

  constructor(hostname: string) {
    super(`The name ${hostname} was not resolved in time.`);
    this.name = "NameLookupTimeoutError";
  }
}

export interface NameLookupOptions {
  timeoutMs: number;
  /** By default, that of the operating system, which respects `/etc/hosts` and search domains. */
  lookUp?: LookUp | undefined;
}

/**
 * Looks names up with a time limit, one look-up for all callers that want the same name.
 *
 * The operating system's look-up occupies one of the process's four threads until the name server
 * answers or ten to thirty seconds have passed, and cannot be cancelled; encryption and file access
 * wait for the same threads. So after the time limit the callers give up, but none of them begins
 * another look-up before this one has ended: never more than one thread is occupied for a name.
 *
 * The result rejects with {@link NameLookupTimeoutError}, or the error of the look-up.
 */
export function createNameLookup({ timeoutMs, lookUp = lookUpAll }: NameLookupOptions): LookUp {
  const running = new Map<string, Promise<readonly LookupAddress[]>>();

  function join(hostname: string): Promise<readonly LookupAddress[]> {
    const known = running.get(hostname);
    if (known !== undefined) return known;
    const own = lookUp(hostname).finally(() => running.delete(hostname));
    // All callers may have given up when it fails.
    own.catch(() => {});
    running.set(hostname, own);
    return own;
  }

  return async (hostname) => {
    const { promise: timeout, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new NameLookupTimeoutError(hostname)), timeoutMs);
    try {
      return await Promise.race([join(hostname), timeout]);
    } finally {
      clearTimeout(timer);
    }
  };
}

const lookUpAll: LookUp = (hostname) => lookup(hostname, { all: true, order: "ipv4first" });
