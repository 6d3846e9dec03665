import type { LookupAddress } from "node:dns";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createDocumentFetch, type DocumentFetch } from "../../src/clients/document-fetch.ts";
import { isSpecialUseAddress } from "../../src/clients/special-use-address.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "./certificate.ts";

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** Text, or a value to send as JSON. */
  body?: unknown;
  /** Sends no response. */
  isSilent?: boolean;
  /** Sends a few bytes at intervals, without end. */
  isDripping?: boolean;
}

/** An HTTPS server that publishes documents under names that only its own resolver knows. */
export interface DocumentHost extends DocumentFetch {
  /** The URL of a document. */
  url(path: string, host?: string): string;
  /** The replies by path; tests change them. */
  replies: Map<string, Reply>;
  /** Publishes a client's document and returns its URL, which is the client's id. */
  publish(path: string, members?: object, reply?: Reply): string;
  /** Requested paths. */
  requests: string[];
  /** The results of successive DNS lookups of any name; the last one repeats. */
  addresses: string[][];
  /** Names that were looked up. */
  lookups: string[];
  isDown: boolean;
}

export const DOCUMENT_REDIRECT_URI = "http://127.0.0.1:7777/callback";

/** Treats the server's own address as public; all other rules are the real ones. */
const isForbidden = (address: string): boolean =>
  address !== "127.0.0.1" && isSpecialUseAddress(address);

export async function startDocumentHost(): Promise<DocumentHost> {
  const server = createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (req, res) => {
    host.requests.push(req.url ?? "");
    const reply = host.replies.get(req.url ?? "") ?? { status: 404, body: {} };
    if (host.isDown) req.socket.destroy();
    if (host.isDown || reply.isSilent === true) return;
    const body = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
    res.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
    if (reply.isDripping !== true) return res.end(body);
    const drops = setInterval(() => res.write(" "), 200);
    res.on("close", () => clearInterval(drops));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const fetcher = createDocumentFetch({
    isForbidden,
    ca: TEST_CERTIFICATE,
    resolve: async (hostname) => {
      host.lookups.push(hostname);
      const next = (host.addresses.length > 1 ? host.addresses.shift() : host.addresses[0]) ?? [];
      return next.map((address): LookupAddress => ({
        address,
        family: address.includes(":") ? 6 : 4,
      }));
    },
  });
  const host: DocumentHost = {
    fetch: fetcher.fetch,
    url: (path, name = "apps.test") => `https://${name}:${port}${path}`,
    replies: new Map(),
    publish: (path, members = {}, reply = {}) => {
      const clientId = host.url(path);
      const body = {
        client_id: clientId,
        client_name: "Published app",
        redirect_uris: [DOCUMENT_REDIRECT_URI],
        ...members,
      };
      host.replies.set(path, { body, ...reply });
      return clientId;
    },
    requests: [],
    addresses: [["127.0.0.1"]],
    lookups: [],
    isDown: false,
    close: async () => {
      await fetcher.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return host;
}
