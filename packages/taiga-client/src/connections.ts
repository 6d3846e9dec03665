import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { Agent, EnvHttpProxyAgent, Pool } from "undici";
import type { Dispatcher } from "undici";

/** The network between the services and Taiga: certificate authorities and proxy. */
export interface ConnectionOptions {
  /** PEM certificates of authorities to trust in addition to those that Node.js trusts. */
  ca?: readonly string[] | undefined;
  /** If omitted, Taiga is reached directly. */
  proxy?: TaigaProxy | undefined;
}

/** An HTTP proxy. It opens tunnels to an https Taiga and forwards requests to an http Taiga. */
export interface TaigaProxy {
  /** Absolute http or https URL; may hold a user name and a password, percent-encoded. */
  url: string;
  /** Hosts that are reached directly, in the format of `NO_PROXY` in other programs. */
  noProxy?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 3_000;

/** Opens no connection yet. */
export function createConnections({ ca, proxy }: ConnectionOptions): Dispatcher {
  const tls = ca === undefined ? {} : { secureContext: trust(ca) };
  const connect = { timeout: CONNECT_TIMEOUT_MS, ...tls };
  if (proxy === undefined) return new Agent({ connect });
  return new EnvHttpProxyAgent({
    // Empty, because an absent value would read the environment: one proxy for both schemes.
    httpProxy: proxy.url,
    httpsProxy: "",
    noProxy: proxy.noProxy ?? "",
    connect,
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTls: tls,
    proxyTls: tls,
    // A CONNECT that the proxy never answers gets a shorter time limit than an answer of Taiga.
    clientFactory: (origin, options) =>
      new Pool(origin, { ...options, headersTimeout: CONNECT_TIMEOUT_MS }),
  });
}

/** One context for all connections, because reading the public authorities for each is slow. */
const trust = (ca: readonly string[]): SecureContext =>
  createSecureContext({ ca: [...getCACertificates("default"), ...ca] });
