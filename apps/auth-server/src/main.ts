import { createLogger, listen, runService, systemClock } from "@taiga-mcp/service";
import { openBroadcast, openStore } from "@taiga-mcp/store";
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
import { createEndGrant } from "./revocation/end-grant.ts";
import { createRevocationFeed } from "./revocation/revocation-feed.ts";
import { createStorageKeys, toAccountId } from "./storage/keys.ts";
import { createRateLimits } from "./storage/rate-limits.ts";
import { createVault } from "./vault/vault.ts";

const NAME = "auth-server";

await runService(NAME, process, async (environment) => {
  const config = parseConfig(environment);
  const clock = systemClock;
  const logger = createLogger({ name: NAME, level: config.logLevel });
  const { storeUrl: url, dataDir } = config;
  const store = await openStore({ url, dataDir, name: NAME, clock, logger });
  const broadcast = await openBroadcast({ url, name: NAME, logger });
  const transport = createTaigaTransport({
    apiUrl: config.taigaApiUrl,
    ...config.taigaConnection,
  });
  const taiga = createTaigaClient(transport);
  const keys = createStorageKeys(config.taigaApiUrl);
  const endGrant = createEndGrant({ kv: store, keys, broadcast, logger, sleep });
  const revocations = createRevocationFeed(broadcast);
  const rateLimits = createRateLimits({ kv: store, keys, clock });
  const vault = createVault({
    kv: store,
    seal: createSealer(config.masterKeys, "vault"),
    clock,
    refresh: (refreshToken, signal) =>
      createTaigaClient(transport, undefined, { signal }).auth.refresh(refreshToken),
    ttlSeconds: config.newGrantTtlSeconds,
    endGrant: (grantId) => endGrant(keys.grant(grantId)),
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
    endGrant,
    renderFailure: renderFailurePage,
  });
  const interactions = createInteractionsRouter({
    interactions: engine.interactions,
    vault,
    login: createPasswordLogin({ taiga, loginType: config.taigaLoginType }),
    csrf: createCsrf(toCsrfKey(config.masterKeys)),
    rateLimits,
    issuer: config.issuer,
    toAccountId: (userId) => toAccountId(config.taigaApiUrl, userId),
    accessLimit: config.accessLimit,
    taigaWebUrl: config.taigaWebUrl,
    mcpUrl: config.resource,
    logger,
  });

  const shared = { config, logger, engine, renderFailure: renderFailurePage };
  const publicListener = await listen(createPublicApp({ ...shared, interactions, rateLimits }), {
    ...config.publicListener,
    setting: "AUTH_SERVER_PORT",
  });
  const privateApp = createPrivateApp({ ...shared, store, vault, revocations, clock });
  const privateListener = await listen(privateApp, {
    ...config.privateListener,
    setting: "AUTH_SERVER_PRIVATE_PORT",
  });
  return {
    message: `The authorization server is at ${config.issuer}.`,
    close: async () => {
      // Its streams would keep the listener open.
      await revocations.close();
      await Promise.all([publicListener.close(), privateListener.close()]);
      await Promise.all([store.close(), broadcast.close(), transport.close()]);
    },
  };
});
