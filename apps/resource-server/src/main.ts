import {
  createLogger,
  listen,
  runService,
  systemClock,
  warnOfMisspeltNames,
} from "@taiga-mcp/service";
import { createStoreClock, openStore } from "@taiga-mcp/store";
import { createTaigaTransport } from "@taiga-mcp/taiga-client";
import { loadTools } from "@taiga-mcp/taiga-tools";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { parseConfig } from "./config.ts";
import { createResourceServer } from "./create-resource-server.ts";
import { ResourceServerSettings } from "./settings.ts";

const name = "resource-server";

await runService(name, process, async (environment) => {
  const config = parseConfig(environment);
  const logger = createLogger({ name, level: config.logLevel });
  // `pnpm start` has already said it.
  if (!process.connected) warnOfMisspeltNames(environment, ResourceServerSettings, logger);
  const store = await openStore({ ...config.store, name, clock: systemClock, logger });
  const storeClock = await createStoreClock({ store, logger });
  const { clock } = storeClock;
  const taiga = createTaigaTransport({
    apiUrl: config.taigaApiUrl,
    ...config.taigaConnection,
    ...config.taigaLimits,
  });
  const server = createResourceServer({
    config,
    store,
    taiga,
    tools: await loadTools(),
    fetch: globalThis.fetch,
    clock,
    logger,
    version: readVersion(),
  });
  const listener = await listen(server.app, {
    ...config.listener,
    origin: new URL(config.resource).origin,
  });
  server.start();
  return {
    message: `The MCP endpoint is at ${config.resource}.`,
    close: async () => {
      storeClock.close();
      await listener.close();
      await server.close();
      await Promise.all([taiga.close(), store.close()]);
    },
  };
});

/** Of this program; the file is beside both the source and the build output. */
function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
