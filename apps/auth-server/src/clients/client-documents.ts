import { createParallelLimit, createSingleFlight, toNetwork } from "@taiga-mcp/service";
import { ClientDocumentError } from "../engine/boundary/client-document-error.ts";
import type { ClientDocument, ClientDocuments } from "../engine/boundary/ports.ts";
import type { RateLimits } from "../storage/rate-limits.ts";
import type { FetchDocument } from "./document-fetch.ts";
import { toDocumentMetadata } from "./document-metadata.ts";
import { type DocumentHosts, findDocumentUrlFault } from "./document-url.ts";

const WINDOW_SECONDS = 600;

/** Documents that one network may cause to be fetched in ten minutes; cached ones are not counted. */
const FETCHES_PER_NETWORK = 30;

/**
 * Documents that are fetched at the same time in this process. A fetch can take three seconds, during
 * which it holds a connection or a query to a name server.
 */
const PARALLEL_FETCHES = { perKey: 2, total: 12 };

export interface ClientDocumentsDeps {
  fetch: FetchDocument;
  hosts: DocumentHosts;
  /** What the operator allows in addition, as ALLOWED_REDIRECT_SCHEMES. */
  redirectSchemes: readonly string[];
  rateLimits: RateLimits;
}

/**
 * Client metadata documents from the web. Concurrent requests for a document share one fetch, and few
 * fetches run at once: fewer still for one network, so that it cannot keep others from logging in.
 */
export function createClientDocuments({
  fetch,
  hosts,
  redirectSchemes,
  rateLimits,
}: ClientDocumentsDeps): ClientDocuments {
  const singleFlight = createSingleFlight<ClientDocument>();
  const counter = rateLimits({
    name: "client-document",
    windowSeconds: WINDOW_SECONDS,
    maximum: FETCHES_PER_NETWORK,
  });

  const parallel = createParallelLimit(PARALLEL_FETCHES);

  async function fetchNew(clientId: string, network: string): Promise<ClientDocument> {
    const leave = parallel.enter(network);
    if (leave === undefined) {
      const message = "Too many such documents are being checked. Try again in a few seconds.";
      throw new ClientDocumentError("busy", message);
    }
    try {
      const { text, cacheHeaders } = await fetch(clientId);
      return { metadata: toDocumentMetadata(text, clientId, redirectSchemes), cacheHeaders };
    } finally {
      leave();
    }
  }

  async function countFetch(network: string): Promise<void> {
    const { totalHits } = await counter.increment(network);
    if (totalHits <= FETCHES_PER_NETWORK) return;
    const message =
      "Too many such documents were requested from your network. Try again in ten minutes.";
    throw new ClientDocumentError("too_many", message, { retryAfterSeconds: WINDOW_SECONDS });
  }

  async function load(
    clientId: string,
    network: string,
    count = async (): Promise<void> => {},
  ): Promise<ClientDocument> {
    const fault = findDocumentUrlFault(clientId, hosts);
    if (fault !== undefined) throw new ClientDocumentError("refused", `It ${fault}.`);
    await count();
    return await singleFlight(clientId, () => fetchNew(clientId, network));
  }

  return {
    accepts: (clientId) => findDocumentUrlFault(clientId, hosts) === undefined,
    load: (clientId, req) => {
      const network = toNetwork(req);
      return load(clientId, network, () => countFetch(network));
    },
    reload: (clientId, req) => load(clientId, toNetwork(req)),
  };
}
