import { createServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { createTaigaTransport } from "../../src/transport.ts";
import type { TaigaHttpRequest, TaigaTransportOptions } from "../../src/transport.ts";

/** A server that answers as told, and a transport to it; both end with the test. */
export async function startTaiga(
  answer: RequestListener,
  options: Partial<TaigaTransportOptions> = {},
) {
  const received: IncomingMessage[] = [];
  const server = createServer((req, res) => {
    received.push(req);
    // Consumed, so that `end` comes and the connection can be used again.
    req.resume();
    answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const transport = createTaigaTransport({ apiUrl: `http://127.0.0.1:${port}/api/v1`, ...options });
  onTestFinished(async () => {
    server.closeAllConnections();
    await Promise.all([transport.close(), new Promise((resolve) => server.close(resolve))]);
  });
  return { transport, received };
}

/** A plain request of one method. */
export const requestOf = (
  method: TaigaHttpRequest["method"],
  signal?: AbortSignal,
): TaigaHttpRequest => ({
  method,
  path: "/users/me",
  query: "",
  headers: {},
  body: method === "GET" || method === "DELETE" ? undefined : "{}",
  signal,
});
