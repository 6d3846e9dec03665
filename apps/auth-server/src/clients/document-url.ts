import { isIP } from "node:net";

/** Longer than the URL of any known client. A limit is needed because each URL becomes a record. */
const MAX_LENGTH = 2048;

/** The hosts whose documents are accepted: host names, or `*.` and a domain for all hosts below it. */
export interface DocumentHosts {
  /** Empty: every host that is not denied. */
  allowed: readonly string[];
  denied: readonly string[];
}

/**
 * Checks whether a `client_id` is the URL of a client metadata document that may be fetched.
 *
 * It must be an https URL with a path, in canonical form: with any other spelling (capital letters,
 * dot segments, a user name, a default port, a decimal address), two parsers could disagree about the
 * host. An IP address identifies no owner, so it must be on the list of allowed hosts.
 *
 * @returns the fault; `undefined` when the document may be fetched.
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
  return isIP(host) === 0 ? undefined : "is on a host without a domain name";
}

/** Removes brackets and a trailing dot, so that each host has one spelling. */
const toHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");

const matches = (host: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) =>
    pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : host === pattern,
  );
