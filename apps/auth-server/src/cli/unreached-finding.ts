import { isLoopback } from "@taiga-mcp/service";
import { isCertificateFault } from "../operations/error-code.ts";
import type { Finding } from "./finding.ts";

export interface Unreached {
  about: string;
  url: string;
  method: "GET" | "POST";
  /** The HTTP status that a client expects. */
  expectedStatus: number;
  /** Such as `ECONNREFUSED`, or `timeout`. */
  errorCode: string;
  /** Whether this program runs in a container, where localhost is the container. */
  inContainer: boolean;
}

/** Faults that every client sees, wherever it runs. */
const FAULTS_OF_THE_CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has an expired certificate",
  CERT_NOT_YET_VALID: "has a certificate that is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "has a certificate for another host name",
};

/**
 * Clients may well reach a public address that this machine cannot reach, so this is a failure only
 * if clients see the same.
 */
export function toUnreachedFinding(unreached: Unreached): Finding {
  const { about, url, method, expectedStatus, errorCode, inContainer } = unreached;
  const fault = FAULTS_OF_THE_CERTIFICATE[errorCode];
  if (fault !== undefined) {
    const advice = "Replace the certificate in the reverse proxy (docs/deployment.md).";
    return { mark: "fail", about, text: `${url} ${fault} (${errorCode})`, advice };
  }
  if (isCertificateFault(errorCode)) {
    return {
      mark: "warn",
      about,
      text: `${url} has a certificate that is not trusted here (${errorCode})`,
      advice:
        "With your own certificate authority, set NODE_EXTRA_CA_CERTS to its certificate, here and on every machine with a client. With a public one, make the proxy send the whole certificate chain.",
    };
  }
  const text = `${url} cannot be reached from here (${errorCode})`;
  if (isLoopback(url) && !inContainer) {
    return { mark: "fail", about, text, advice: "Start the service that listens on this port." };
  }
  const reason =
    inContainer && isLoopback(url)
      ? "In a container, localhost is the container itself."
      : "Many networks do not route a machine to its own public address, so this may be no problem.";
  return {
    mark: "warn",
    about,
    text,
    advice: `${reason} Try it on a machine with a client; this must print ${expectedStatus}:`,
    copy: toStatusCommand(url, method),
  };
}

/** Prints the status only. A loopback address has the development certificate, which curl does not trust. */
function toStatusCommand(url: string, method: Unreached["method"]): string {
  const insecure = isLoopback(url) && new URL(url).protocol === "https:" ? "k" : "";
  const verb = method === "GET" ? "" : `-X ${method} `;
  return `curl -sS${insecure} -o /dev/null -w '%{http_code}\\n' ${verb}${url}`;
}
