import { createSingleFlight } from "@taiga-mcp/service";
import type { IncomingMessage } from "node:http";
import { ClientDocumentError } from "../engine/boundary/client-document-error.ts";
import type { ClientDocument, ClientDocuments } from "../engine/boundary/ports.ts";
import { toNetwork } from "../storage/network.ts";
import type { RateLimits } from "../storage/rate-limits.ts";
import type { FetchDocument } from "./document-fetch.ts";
import { toDocumentMetadata } from "./document-metadata.ts";
import { type DocumentHosts, findDocumentUrlFault } from "./document-url.ts";

const WINDOW_SECONDS = 600;

/** Documents that one network may cause to be fetched in ten minutes; cached ones are not counted. */
const FETCHES_PER_NETWORK = 30;

export interface ClientDocumentsDeps {
  fetch: FetchDocument;
  hosts: DocumentHosts;
  /** What the operator allows in addition, as ALLOWED_REDIRECT_SCHEMES. */
  redirectSchemes: readonly string[];
  rateLimits: RateLimits;
}

/** Client metadata documents from the web. Concurrent requests for a document share one fetch. */
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

  async function fetchNew(clientId: string): Promise<ClientDocument> {
    const { text, cacheHeaders } = await fetch(clientId);
    return { metadata: toDocumentMetadata(text, clientId, redirectSchemes), cacheHeaders };
  }

  async function countFetch(req: IncomingMessage): Promise<void> {
    const { totalHits } = await counter.increment(toNetwork(req));
    if (totalHits <= FETCHES_PER_NETWORK) return;
    const message =
      "Too many such documents were requested from your network. Try again in ten minutes.";
    throw new ClientDocumentError("too_many", message, { retryAfterSeconds: WINDOW_SECONDS });
  }

  return {
    accepts: (clientId) => findDocumentUrlFault(clientId, hosts) === undefined,
    load: async (clientId, req) => {
      const fault = findDocumentUrlFault(clientId, hosts);
      if (fault !== undefined) throw new ClientDocumentError("refused", `It ${fault}.`);
      await countFetch(req);
      return await singleFlight(clientId, () => fetchNew(clientId));
    },
  };
}
