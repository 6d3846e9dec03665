import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { Agent, EnvHttpProxyAgent, Pool } from "undici";
import type { Dispatcher } from "undici";

/** What stands between us and Taiga. */
export interface ConnectionOptions {
  /** Certificates in PEM form of authorities that are trusted besides those Node trusts by itself. */
  ca?: readonly string[] | undefined;
  /** Left out: Taiga is reached directly. */
  proxy?: TaigaProxy | undefined;
}

/** An HTTP proxy: it is asked for a tunnel to an https Taiga, and forwards requests to an http one. */
export interface TaigaProxy {
  /** Absolute http or https URL; may hold a user name and a password, percent-encoded. */
  url: string;
  /** Hosts that are reached directly, as the `NO_PROXY` of other programs lists them. */
  noProxy?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 3_000;

/** Opens nothing yet. */
export function createConnections({ ca, proxy }: ConnectionOptions): Dispatcher {
  const tls = ca === undefined ? {} : { secureContext: trust(ca) };
  const connect = { timeout: CONNECT_TIMEOUT_MS, ...tls };
  if (proxy === undefined) return new Agent({ connect });
  return new EnvHttpProxyAgent({
    // Empty, not absent, which would mean the environment: one proxy whatever Taiga's scheme.
    httpProxy: proxy.url,
    httpsProxy: "",
    noProxy: proxy.noProxy ?? "",
    connect,
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTls: tls,
    proxyTls: tls,
    // A proxy that never answers a CONNECT is not waited for as for an answer of Taiga's.
    clientFactory: (origin, options) =>
      new Pool(origin, { ...options, headersTimeout: CONNECT_TIMEOUT_MS }),
  });
}

/** One context for all connections: reading the public authorities anew for each takes longer. */
const trust = (ca: readonly string[]): SecureContext =>
  createSecureContext({ ca: [...getCACertificates("default"), ...ca] });
