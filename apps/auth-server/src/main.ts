import { createLogger, listen, runService, systemClock } from "@taiga-mcp/service";
import { openStore } from "@taiga-mcp/store";
import { createTaigaClient, createTaigaTransport } from "@taiga-mcp/taiga-client";
import { setTimeout as sleep } from "node:timers/promises";
import { createPrivateApp, createPublicApp } from "./app.ts";
import { parseConfig } from "./config.ts";
import { toCsrfKey } from "./crypto/keys.ts";
import { createSealer } from "./crypto/seal.ts";
import { createEngine } from "./engine/engine.ts";
import { renderFailurePage } from "./http/failure-page.ts";
import { createCsrf } from "./interactions/csrf.ts";
import { createInteractionsRouter } from "./interactions/router.ts";
import { createPasswordLogin } from "./login/taiga-password.ts";
import { createStorageKeys, toAccountId } from "./storage/keys.ts";
import { createVault } from "./vault/vault.ts";

await runService("auth-server", process, async (environment) => {
  const config = parseConfig(environment);
  const clock = systemClock;
  const logger = createLogger({ name: "auth-server", level: config.logLevel });
  const store = await openStore({
    url: config.storeUrl,
    dataDir: config.dataDir,
    name: "auth-server",
    clock,
    logger,
  });
  const transport = createTaigaTransport({ apiUrl: config.taigaApiUrl });
  const taiga = createTaigaClient(transport);
  const keys = createStorageKeys(config.taigaApiUrl);
  const vault = createVault({
    kv: store,
    seal: createSealer(config.masterKeys, "vault"),
    clock,
    refresh: (refreshToken, signal) =>
      createTaigaClient(transport, undefined, { signal }).auth.refresh(refreshToken),
    ttlSeconds: config.grantTtlSeconds,
    keys,
    logger,
  });
  const engine = createEngine({
    config,
    kv: store,
    keys,
    clock,
    logger,
    sleep,
    hasLiveLogin: async (grantId) => (await vault.status(grantId)) === "live",
    renderFailure: renderFailurePage,
  });
  const interactions = createInteractionsRouter({
    interactions: engine.interactions,
    vault,
    login: createPasswordLogin({ taiga, loginType: config.taigaLoginType }),
    csrf: createCsrf(toCsrfKey(config.masterKeys)),
    issuer: config.issuer,
    toAccountId: (userId) => toAccountId(config.taigaApiUrl, userId),
    accessLimit: config.accessLimit,
    taigaWebUrl: config.taigaWebUrl,
    mcpUrl: config.resource,
    logger,
  });

  const shared = { config, logger, engine, renderFailure: renderFailurePage };
  const publicListener = await listen(createPublicApp({ ...shared, interactions }), {
    ...config.publicListener,
    setting: "AUTH_SERVER_PORT",
  });
  const privateListener = await listen(createPrivateApp({ ...shared, store, vault, clock }), {
    ...config.privateListener,
    setting: "AUTH_SERVER_PRIVATE_PORT",
  });
  return {
    message: `The authorization server is at ${config.issuer}.`,
    close: async () => {
      await Promise.all([publicListener.close(), privateListener.close()]);
      await Promise.all([store.close(), transport.close()]);
    },
  };
});
