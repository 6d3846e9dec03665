import type { IncomingMessage } from "node:http";
import { ClientDocumentError } from "../engine/boundary/client-document-error.ts";
import type { ClientDocument, ClientDocuments } from "../engine/boundary/ports.ts";
import { toNetwork } from "../storage/network.ts";
import type { RateLimits } from "../storage/rate-limits.ts";
import type { FetchDocument } from "./document-fetch.ts";
import { toDocumentMetadata } from "./document-metadata.ts";
import { type DocumentHosts, findDocumentUrlFault } from "./document-url.ts";

const WINDOW_SECONDS = 600;

/** Documents of one network in ten minutes, those in a cache not counted. */
const FETCHES_PER_NETWORK = 30;

export interface ClientDocumentsDeps {
  fetch: FetchDocument;
  hosts: DocumentHosts;
  rateLimits: RateLimits;
}

/** Client metadata documents from the web, each fetched once for all who wait for it. */
export function createClientDocuments({
  fetch,
  hosts,
  rateLimits,
}: ClientDocumentsDeps): ClientDocuments {
  const underway = new Map<string, Promise<ClientDocument>>();
  const counter = rateLimits({
    name: "client-document",
    windowSeconds: WINDOW_SECONDS,
    maximum: FETCHES_PER_NETWORK,
  });

  async function fetchNew(clientId: string): Promise<ClientDocument> {
    const { text, cacheHeaders } = await fetch(clientId);
    return { metadata: toDocumentMetadata(text, clientId), cacheHeaders };
  }

  function fetchOnce(clientId: string): Promise<ClientDocument> {
    const running = underway.get(clientId);
    if (running !== undefined) return running;
    const started = fetchNew(clientId).finally(() => underway.delete(clientId));
    underway.set(clientId, started);
    return started;
  }

  async function takeTurn(req: IncomingMessage): Promise<void> {
    const { totalHits } = await counter.increment(toNetwork(req));
    if (totalHits <= FETCHES_PER_NETWORK) return;
    const message = "Too many of them were asked for from your network. Try again in ten minutes.";
    throw new ClientDocumentError("too_many", message, { retryAfterSeconds: WINDOW_SECONDS });
  }

  return {
    accepts: (clientId) => findDocumentUrlFault(clientId, hosts) === undefined,
    load: async (clientId, req) => {
      const fault = findDocumentUrlFault(clientId, hosts);
      if (fault !== undefined) throw new ClientDocumentError("refused", `It ${fault}.`);
      await takeTurn(req);
      return await fetchOnce(clientId);
    },
  };
}
