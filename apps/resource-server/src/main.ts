import { createMcpHandler } from "@modelcontextprotocol/server";
import { readFileSync } from "node:fs";
import {
  createLogger,
  type Environment,
  listen,
  type RunningService,
  runService,
  systemClock,
} from "@taiga-mcp/service";
import { openStore } from "@taiga-mcp/store";
import { createTaigaTransport } from "@taiga-mcp/taiga-client";
import { createToolRunner, deriveConfirmationKey, loadTools } from "@taiga-mcp/taiga-tools";
import { z } from "zod";
import { createApp } from "./http/app.ts";
import { createAuthorizationServer } from "./auth/authorization-server.ts";
import { followRevocations } from "./auth/follow-revocations.ts";
import { createIntrospectionCache } from "./auth/introspection-cache.ts";
import { createIntrospectionVerifier } from "./auth/introspection-verifier.ts";
import { createGrantTransport } from "./auth/grant-transport.ts";
import { createTaigaCredentials } from "./auth/taiga-credentials.ts";
import { parseConfig } from "./config.ts";
import { createCallLog } from "./mcp/call-log.ts";
import type { McpCaller } from "./mcp/caller.ts";
import { createMcpServerFactory } from "./mcp/create-mcp-server.ts";

const NAME = "resource-server";

async function start(environment: Environment): Promise<RunningService> {
  const config = parseConfig(environment);
  const clock = systemClock;
  const { fetch } = globalThis;
  const logger = createLogger({ name: NAME, level: config.logLevel });
  const { storeUrl: url, dataDir } = config;
  const store = await openStore({ url, dataDir, name: NAME, clock, logger });
  const transport = createTaigaTransport({
    apiUrl: config.taigaApiUrl,
    ...config.taigaConnection,
    timeoutMs: config.taigaTimeoutMs,
    maxParallel: config.taigaMaxParallel,
  });
  const authorizationServer = createAuthorizationServer({ ...config, fetch });
  const credentials = createTaigaCredentials({ ...config, authorizationServer, clock });
  const verifier = createIntrospectionCache({
    verifier: createIntrospectionVerifier({ ...config, authorizationServer, clock }),
    ttlSeconds: config.introspectionCacheSeconds,
    clock,
  });
  const runner = createToolRunner<McpCaller>({
    tools: await loadTools(),
    operator: config,
    connect: (caller) => createGrantTransport(transport, credentials, caller),
    store,
    clock,
    confirmationKey: deriveConfirmationKey(config.clientSecret),
    taigaWebUrl: config.taigaWebUrl,
    ...createCallLog(logger),
  });
  const mcpHandler = createMcpHandler(createMcpServerFactory({ runner, version: readVersion() }), {
    onerror: (error) => logger.warn({ err: error }, "MCP request not served"),
  });
  const app = createApp({
    config,
    verifier,
    mcpHandler,
    store,
    fetch,
    logger,
  });
  const follower = followRevocations({
    authorizationServer,
    listener: {
      ...verifier,
      revoked: (gid) => {
        verifier.revoked(gid);
        credentials.forget(gid);
      },
    },
    logger,
  });
  const server = await listen(app, { ...config.listener, setting: "RESOURCE_SERVER_PORT" });
  return {
    message: `MCP at ${config.resource}`,
    async close() {
      await server.close();
      await follower.close();
      await mcpHandler.close();
      await transport.close();
      await store.close();
    },
  };
}

/** Of this program; the file is beside both the source and the build output. */
function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

await runService(NAME, process, start);
