import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { createTaigaTransport } from "../../src/transport.ts";
import type {
  TaigaHttpRequest,
  TaigaTransport,
  TaigaTransportOptions,
} from "../../src/transport.ts";

/** A server that answers as told, and a transport to it; both end with the test. */
export async function startTaiga(
  answer: RequestListener,
  options: Partial<TaigaTransportOptions> = {},
) {
  const { received, port } = await startServer(createServer(), answer);
  const transport = openTransport({ apiUrl: `http://127.0.0.1:${port}/api/v1`, ...options });
  return { transport, received, port };
}

const readTlsFile = (name: string): string =>
  readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), "utf8");

/** What signed the certificate of `startTlsTaiga`, and is known to nobody else. */
export const TEST_AUTHORITY = readTlsFile("ca.pem");

/** The same behind TLS, with a certificate for `localhost` and `taiga.test`; ends with the test. */
export const startTlsTaiga = (answer: RequestListener) =>
  startServer(
    createTlsServer({ cert: readTlsFile("localhost.pem"), key: readTlsFile("localhost-key.pem") }),
    answer,
  );

/** A transport that is closed with the test. */
export function openTransport(options: TaigaTransportOptions): TaigaTransport {
  const transport = createTaigaTransport(options);
  onTestFinished(() => transport.close());
  return transport;
}

async function startServer(server: Server, answer: RequestListener) {
  const received: IncomingMessage[] = [];
  server.on("request", (req, res) => {
    received.push(req);
    // Consumed, so that `end` comes and the connection can be used again.
    req.resume();
    answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { received, port };
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
