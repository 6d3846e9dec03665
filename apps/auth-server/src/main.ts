import {
  createLogger,
  createMetrics,
  listen,
  runService,
  systemClock,
  warnOfMisspeltNames,
} from "@taiga-mcp/service";
import { createStoreClock, openBroadcast, openStore } from "@taiga-mcp/store";
import { createTaigaTransport } from "@taiga-mcp/taiga-client";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { createDocumentFetch, LOOKUP_TIMEOUT_MS } from "./clients/document-fetch.ts";
import { createNameResolver } from "./clients/name-resolver.ts";
import { isSpecialUseAddress } from "./clients/special-use-address.ts";
import { parseConfig } from "./config.ts";
import { createAuthServer } from "./create-auth-server.ts";
import { toRouteName } from "./http/route-names.ts";
import { AuthServerSettings } from "./settings.ts";

const name = "auth-server";

await runService(name, process, async (environment) => {
  const config = parseConfig(environment);
  const logger = createLogger({ name, level: config.logLevel });
  // `pnpm start` has already said it.
  if (!process.connected) warnOfMisspeltNames(environment, AuthServerSettings, logger);
  const store = await openStore({ ...config.store, name, clock: systemClock, logger });
  const storeClock = await createStoreClock({ store, logger });
  const { clock } = storeClock;
  const broadcast = await openBroadcast({ url: config.store.url, name, logger });
  const taiga = createTaigaTransport({ apiUrl: config.taigaApiUrl, ...config.taigaConnection });
  const resolve = createNameResolver({ timeoutMs: LOOKUP_TIMEOUT_MS });
  const documents = createDocumentFetch({ resolve, isForbidden: isSpecialUseAddress });
  const metrics = createMetrics({ name, toRoute: toRouteName });
  metrics.measureProcess();
  const server = await createAuthServer({
    config,
    store,
    broadcast,
    taiga,
    fetchDocument: documents.fetch,
    clock,
    logger,
    metrics,
    // An aborted wait is over, and one that may be aborted does not keep the process alive.
    sleep: (ms, signal) =>
      delay(ms, undefined, { signal, ref: signal === undefined }).catch(() => undefined),
    random: Math.random,
    version: readVersion(),
  });
  const publicListener = await listen(server.publicApp, {
    ...config.listeners.public,
    origin: config.issuer,
  });
  const privateListener = await listen(server.privateApp, config.listeners.private);
  server.start();
  return {
    message: `The authorization server is at ${config.issuer}.`,
    close: async () => {
      storeClock.close();
      await Promise.all([server.close(), publicListener.close(), privateListener.close()]);
      await Promise.all([store.close(), broadcast.close(), taiga.close(), documents.close()]);
    },
  };
});

/** Of this program; the file is beside both the source and the build output. */
function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
