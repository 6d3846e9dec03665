import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestServer {
  /** Bare origin. */
  url: string;
  /** Sets the request handler; until then no request is answered. */
  serve(listener: RequestListener): void;
  close(): Promise<void>;
}

/** A server on a free port, which is known before the app exists because URLs are configuration. */
export async function openTestServer(): Promise<TestServer> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    serve: (listener) => void server.on("request", listener),
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
