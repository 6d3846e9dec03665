import { isIP } from "node:net";

/** Longer ones than any client's; each becomes a record of its own. */
const MAX_LENGTH = 2048;

/** Which hosts' documents are taken. A host, or `*.` and a domain for all hosts below it. */
export interface DocumentHosts {
  /** Empty for every host that is not denied. */
  allowed: readonly string[];
  denied: readonly string[];
}

/**
 * Says why a `client_id` is not the address of a client metadata document that may be fetched.
 *
 * It must be https with a path, and written as URLs are written: in any other spelling (capital
 * letters, dot segments, a user name, a default port, an address in decimal) two readers could
 * disagree about whose document it is. A bare IP address is nobody's name, so it must be allowed
 * by name.
 *
 * @returns `undefined` when it may be fetched.
 * @see draft-ietf-oauth-client-id-metadata-document-02 §3
 */
export function findDocumentUrlFault(clientId: string, hosts: DocumentHosts): string | undefined {
  const url = URL.parse(clientId);
  if (url?.protocol !== "https:" || clientId.length > MAX_LENGTH) return "is not an https address";
  if (
    url.href !== clientId ||
    url.username !== "" ||
    url.password !== "" ||
    clientId.includes("#")
  ) {
    return "is not written as a plain https address";
  }
  if (url.pathname === "/") return "has no path";
  const host = toHost(url);
  if (matches(host, hosts.denied)) return `is on ${host}, which is denied here`;
  if (matches(host, hosts.allowed)) return undefined;
  if (hosts.allowed.length > 0) return `is on ${host}, which is not allowed here`;
  return isIP(host) === 0 ? undefined : "is on a host without a name";
}

/** Without brackets and without the root's dot, so that there is one spelling to compare. */
const toHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");

const matches = (host: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) =>
    pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : host === pattern,
  );
