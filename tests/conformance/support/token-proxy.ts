import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";

export interface TokenProxy {
  /** The MCP endpoint behind this proxy. */
  url: string;
  close(): Promise<void>;
}

/**
 * Adds an access token to every request for the MCP endpoint, because the conformance suite cannot
 * send one. Everything else is forwarded unchanged, above all Host and Origin: the suite tests
 * how the server treats them.
 */
export async function createTokenProxy(mcpUrl: string, accessToken: string): Promise<TokenProxy> {
  const target = new URL(mcpUrl);
  const server = createServer((incoming, answer) => {
    const outgoing = forward({
      host: target.hostname,
      port: target.port,
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, authorization: `Bearer ${accessToken}` },
    });
    outgoing.on("response", (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      // A stream's headers must arrive before its first event does.
      answer.flushHeaders();
      response.pipe(answer);
    });
    outgoing.on("error", () => answer.destroy());
    answer.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}${target.pathname}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
