import { createLogger, listen, runService, systemClock } from "@taiga-mcp/service";
import { openBroadcast, openStore } from "@taiga-mcp/store";
import { createTaigaClient, createTaigaTransport } from "@taiga-mcp/taiga-client";
import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createPrivateApp, createPublicApp } from "./app.ts";
import { createClientDocuments } from "./client-documents/client-documents.ts";
import { createDocumentFetch } from "./client-documents/document-fetch.ts";
import { isSpecialUseAddress } from "./client-documents/special-use-address.ts";
import { parseConfig } from "./config.ts";
import { toCsrfKeys } from "./crypto/keys.ts";
import { createSealer } from "./crypto/seal.ts";
import { createEngine } from "./engine/engine.ts";
import { renderFailurePage } from "./http/failure-page.ts";
import { createCsrf } from "./interactions/csrf.ts";
import { createInteractionsRouter } from "./interactions/router.ts";
import { createOwnProjects } from "./login/own-projects.ts";
import { createPasswordLogin } from "./login/taiga-password.ts";
import { createEndGrant } from "./revocation/end-grant.ts";
import { createRevocationFeed } from "./revocation/revocation-feed.ts";
import { createStorageKeys, toAccountId } from "./storage/keys.ts";
import { createRateLimits } from "./storage/rate-limits.ts";
import { createKeepAlive } from "./vault/keep-alive.ts";
import { createRenewalCalendar } from "./vault/renewal-calendar.ts";
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
  const calendar = createRenewalCalendar({ kv: store, clock, keys });
  const vault = createVault({
    kv: store,
    seal: createSealer(config.masterKeys, "vault"),
    clock,
    refresh: (refreshToken, signal) =>
      createTaigaClient(transport, undefined, { signal }).auth.refresh(refreshToken),
    ttlSeconds: config.newGrantTtlSeconds,
    endGrant: (grantId) => endGrant(keys.grant(grantId)),
    keys,
    calendar,
    logger,
  });
  const documentFetch = createDocumentFetch({
    resolve: (hostname) => lookup(hostname, { all: true }),
    isForbidden: isSpecialUseAddress,
  });
  const hosts = config.clientDocumentHosts;
  const clientDocuments = config.takesClientDocuments
    ? createClientDocuments({ ...documentFetch, hosts, rateLimits })
    : undefined;
  const keepAlive = createKeepAlive({
    calendar,
    vault,
    logger,
    // An aborted wait is one that is over.
    sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined),
    random: Math.random,
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
    clientDocuments,
    renderFailure: renderFailurePage,
  });
  const interactions = createInteractionsRouter({
    interactions: engine.interactions,
    vault,
    login: createPasswordLogin({ taiga, loginType: config.taigaLoginType }),
    listOwnProjects: createOwnProjects((memberId, token, signal) =>
      createTaigaClient(transport, { scheme: "Bearer", token }, { signal }).projects.list({
        memberId,
      }),
    ),
    csrf: createCsrf(...toCsrfKeys(config.masterKeys)),
    rateLimits,
    issuer: config.issuer,
    toAccountId: (userId) => toAccountId(config.taigaApiUrl, userId),
    accessLimit: config.accessLimit,
    taigaWebUrl: config.taigaWebUrl,
    mcpUrl: config.resource,
    logger,
    sleep,
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
  keepAlive.start();
  return {
    message: `The authorization server is at ${config.issuer}.`,
    close: async () => {
      // Its streams would keep the listener open.
      await revocations.close();
      await Promise.all([publicListener.close(), privateListener.close(), keepAlive.close()]);
      await Promise.all([
        store.close(),
        broadcast.close(),
        transport.close(),
        documentFetch.close(),
      ]);
    },
  };
});
