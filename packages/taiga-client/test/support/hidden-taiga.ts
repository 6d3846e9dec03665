import { onTestFinished } from "vitest";
import { startHttpProxy } from "./http-proxy.ts";
import { openTransport, startTlsTaiga, TEST_AUTHORITY } from "./taiga-server.ts";

/** A proxy to a port of this machine, closed with the test. */
export async function startProxy(port: number) {
  const proxy = await startHttpProxy({ port });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** A Taiga that only the proxy can find: `taiga.test` is no name anywhere else. */
export async function startHiddenTaiga(options: { timeoutMs?: number } = {}) {
  const { received, port } = await startTlsTaiga((req, res) => {
    if (req.url !== "/api/v1/silent") res.end(`${req.headers.host}${req.url}`);
  });
  const proxy = await startProxy(port);
  const apiUrl = "https://taiga.test/api/v1";
  const transport = openTransport({
    apiUrl,
    ca: [TEST_AUTHORITY],
    proxy: { url: proxy.url },
    ...options,
  });
  return { transport, proxy, received };
}
