import { isLoopback } from "@taiga-mcp/service";
import { isCertificateFault } from "../operations/error-code.ts";
import type { Finding } from "./finding.ts";

export interface Unreached {
  about: string;
  url: string;
  method: "GET" | "POST";
  /** The status that a client expects. */
  wanted: number;
  /** Such as `ECONNREFUSED`, or `timeout`. */
  errorCode: string;
  /** Whether localhost is a container. */
  inContainer: boolean;
}

/** These are so for everybody, wherever they look from. */
const FAULTS_OF_THE_CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has a certificate that has expired",
  CERT_NOT_YET_VALID: "has a certificate that is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "has a certificate for another name",
};

/**
 * A public address that cannot be reached from here may well be reached by clients, so that it is
 * a failure only where this machine sees what they see.
 */
export function toUnreachedFinding(unreached: Unreached): Finding {
  const { about, url, method, wanted, errorCode, inContainer } = unreached;
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
        "With an authority of your own, set NODE_EXTRA_CA_CERTS to its certificate here, and on every machine with a client. With a public one, let the proxy send the whole chain.",
    };
  }
  const text = `${url} cannot be reached from here (${errorCode})`;
  if (isLoopback(url) && !inContainer) {
    return { mark: "fail", about, text, advice: "Start the service; its port is in this address." };
  }
  const reason =
    inContainer && isLoopback(url)
      ? "In a container, localhost is the container itself."
      : "Many networks lead no machine to its own public address, so this need not be wrong.";
  return {
    mark: "warn",
    about,
    text,
    advice: `${reason} Try it where a client runs:`,
    copy: `curl -si ${method === "GET" ? "" : `-X ${method} `}${url} | head -1  # must say ${wanted}`,
  };
}
