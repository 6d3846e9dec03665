import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A service behind nginx that records its requests and answers as a test wants. */
export interface FakeService {
  port: number;
  /** The requests since the last `clear`. */
  requests: { method: string; url: string; headers: IncomingMessage["headers"] }[];
  clear(): void;
  /** Answers 200 with the service's name until a test says otherwise. */
  respond(listener: RequestListener): void;
  stop(): Promise<void>;
}

/** @param where port 0 takes any free one. */
export async function startFakeService(
  name: string,
  where: { host?: string; port?: number } = {},
): Promise<FakeService> {
  const { host = "127.0.0.1", port = 0 } = where;
  const greet: RequestListener = (_req, res) => void res.end(name);
  let respond = greet;
  const requests: FakeService["requests"] = [];
  const server: Server = createServer((req, res) => {
    requests.push({ method: req.method ?? "", url: req.url ?? "", headers: req.headers });
    respond(req, res);
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    clear: () => {
      requests.length = 0;
      respond = greet;
    },
    respond: (listener) => {
      respond = listener;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, "close");
    },
  };
}
