import type { LookupAddress } from "node:dns";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createDocumentFetch, type DocumentFetch } from "../../src/clients/document-fetch.ts";
import { isSpecialUseAddress } from "../../src/clients/special-use-address.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "./certificate.ts";

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** JSON unless it is text already. */
  body?: unknown;
  /** Sends nothing at all. */
  isSilent?: boolean;
  /** Sends a little now and then, and never ends. */
  isDripping?: boolean;
}

/** An https server that publishes documents, under names that only its own resolver knows. */
export interface DocumentHost extends DocumentFetch {
  /** The address of a document. */
  url(path: string, host?: string): string;
  /** What is answered at a path; tests change it. */
  replies: Map<string, Reply>;
  /** Publishes a client's document and gives its address, which is the client's id. */
  publish(path: string, members?: object, reply?: Reply): string;
  /** Paths that were asked for. */
  requests: string[];
  /** What every name stands for, one answer after the other, the last one for ever. */
  addresses: string[][];
  /** Names that were looked up. */
  lookups: string[];
  isDown: boolean;
}

export const DOCUMENT_REDIRECT_URI = "http://127.0.0.1:7777/callback";

/** The server's own address is taken for a public one here; every other rule is the real one. */
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
