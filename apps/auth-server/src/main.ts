import { createLogger, createMetrics, listen, runService, systemClock } from "@taiga-mcp/service";
import { openBroadcast, openStore } from "@taiga-mcp/store";
import { createTaigaClient, createTaigaTransport } from "@taiga-mcp/taiga-client";
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { createInspectInstallation } from "./operations/inspect-installation.ts";
import { createPrivateApp } from "./http/private-app.ts";
import { createPublicApp } from "./http/public-app.ts";
import { createClientDocuments } from "./clients/client-documents.ts";
import { createDocumentFetch } from "./clients/document-fetch.ts";
import { isSpecialUseAddress } from "./clients/special-use-address.ts";
import { parseConfig } from "./config.ts";
import { createCsrfKeys } from "./secrets/cookie-keys.ts";
import { createCounters, toLoginOutcome } from "./operations/counters.ts";
import { createSealer } from "./secrets/seal.ts";
import { createEngine } from "./engine/engine.ts";
import { renderFailurePage } from "./http/failure-page.ts";
import { toRouteName } from "./http/route-names.ts";
import { createApplicationFlows } from "./pages/application-flows.ts";
import { createCsrf } from "./pages/csrf.ts";
import { createInteractionsRouter } from "./pages/router.ts";
import { openKeyRing } from "./secrets/key-ring.ts";
import { createKeyRotation } from "./operations/key-rotation.ts";
import { createRingRecord } from "./secrets/ring-record.ts";
import { createAllowList } from "./login/allow-list.ts";
import { createLimitedLogin, type LimitedLogin } from "./login/limited-login.ts";
import { createOwnProjects } from "./login/own-projects.ts";
import { toTaigaAccount } from "./login/taiga-account.ts";
import { type ApplicationLogin, createApplicationLogin } from "./login/taiga-application.ts";
import { createPasswordLogin } from "./login/taiga-password.ts";
import { createEndGrant } from "./grants/end-grant.ts";
import { createRevocationFeed } from "./grants/revocation-feed.ts";
import { createKeyNames, toAccountId } from "./storage/key-names.ts";
import { createRateLimits } from "./storage/rate-limits.ts";
import { createCredentialStore } from "./vault/credential-store.ts";
import { createRefreshSweeper } from "./vault/refresh-sweeper.ts";
import { createRefreshSchedule } from "./vault/refresh-schedule.ts";
import { createApplicationTokenLifecycle } from "./vault/application-token-lifecycle.ts";
import { createApplicationTokenRegistry } from "./vault/application-token-registry.ts";
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
  const keys = createKeyNames(config.taigaApiUrl);
  const { masterKeys } = config;
  const ringRecord = createRingRecord({ kv: store, keys, masterKeys, clock });
  const rootKeys = await openKeyRing({ record: ringRecord, broadcast, clock, logger });
  const seal = createSealer(rootKeys, "vault");
  const toSubject = (userId: number): string => toAccountId(config.taigaApiUrl, userId);
  const schedule = createRefreshSchedule({ kv: store, clock, keys });
  const stored = { kv: store, seal, clock, keys, schedule, logger, sleep };
  const { applicationId, taigaWebUrl } = config;
  const applicationLogin =
    applicationId === undefined
      ? undefined
      : createApplicationLogin({
          connect: (credential) => createTaigaClient(transport, credential),
          applicationId,
          taigaWebUrl,
          clock,
        });
  const applicationTokens = createApplicationTokenLifecycle({
    ...stored,
    credentials: createCredentialStore({ ...stored, ttlSeconds: config.newGrantTtlSeconds }),
    registry: createApplicationTokenRegistry({ ...stored, toAccountId: toSubject }),
    toAccountId: toSubject,
    revokeAtTaiga: async (credential) => applicationLogin?.revoke(credential),
  });
  const endGrant = createEndGrant({ kv: store, keys, broadcast, applicationTokens, logger, sleep });
  const revocations = createRevocationFeed(broadcast);
  const rateLimits = createRateLimits({ kv: store, keys, clock });
  const isAllowed = createAllowList(config.allowLists);
  const metrics = createMetrics({ name: NAME, toRoute: toRouteName });
  metrics.measureProcess();
  const counters = createCounters(metrics);
  const vault = createVault({
    ...stored,
    refresh: counters.renewals.counted((refreshToken: string, signal: AbortSignal) =>
      createTaigaClient(transport, undefined, { signal }).auth.refresh(refreshToken),
    ),
    whoIs: async (credential, signal) =>
      toTaigaAccount(await createTaigaClient(transport, credential, { signal }).users.me()),
    isAllowed,
    ttlSeconds: config.newGrantTtlSeconds,
    endGrant: (grantId) => endGrant(keys.grant(grantId)),
    applicationTokens,
    toAccountId: toSubject,
  });
  const documentFetch = createDocumentFetch({
    resolve: (hostname) => lookup(hostname, { all: true }),
    isForbidden: isSpecialUseAddress,
  });
  const hosts = config.clientDocumentHosts;
  const clientDocuments = config.takesClientDocuments
    ? createClientDocuments({ ...documentFetch, hosts, rateLimits })
    : undefined;
  const refreshSweeper = createRefreshSweeper({
    schedule,
    vault,
    applicationTokens,
    logger,
    // An aborted wait is one that is over.
    sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined),
    random: Math.random,
  });
  const engine = createEngine({
    config,
    kv: store,
    keys,
    rootKeys,
    clock,
    logger,
    sleep,
    hasLiveLogin: async (grantId) => (await vault.status(grantId)) === "live",
    endGrant,
    clientDocuments,
    renderFailure: renderFailurePage,
    countEvent: counters.oauthEvents.count,
  });
  const passwordLogin = config.offersPassword
    ? createLimitedLogin({
        login: createPasswordLogin({
          taiga: createTaigaClient(transport),
          loginType: config.taigaLoginType,
        }),
        ...stored,
      })
    : undefined;
  const interactions = createInteractionsRouter({
    interactions: engine.interactions,
    vault,
    password: passwordLogin && {
      login: counters.passwordLogins.counted(
        (...typed: Parameters<LimitedLogin["login"]>) => passwordLogin.login(...typed),
        toLoginOutcome,
      ),
    },
    application: applicationLogin && {
      login: {
        ...applicationLogin,
        redeem: counters.applicationLogins.counted(
          (...flow: Parameters<ApplicationLogin["redeem"]>) => applicationLogin.redeem(...flow),
          toLoginOutcome,
        ),
      },
      flows: createApplicationFlows(stored),
    },
    allowLists: config.allowLists,
    isAllowed,
    listOwnProjects: createOwnProjects((memberId, credential, signal) =>
      createTaigaClient(transport, credential, { signal }).projects.list({ memberId }),
    ),
    csrf: createCsrf(createCsrfKeys(rootKeys)),
    issuer: config.issuer,
    toAccountId: toSubject,
    accessLimit: config.accessLimit,
    taigaWebUrl,
    mcpUrl: config.resource,
    logger,
    sleep,
  });

  const shared = { config, logger, engine, rootKeys, renderFailure: renderFailurePage, metrics };
  const publicListener = await listen(createPublicApp({ ...shared, interactions, rateLimits }), {
    ...config.publicListener,
    setting: "AUTH_SERVER_PORT",
  });
  const rotation = { kv: store, keys, record: ringRecord, rootKeys, broadcast, clock, logger };
  const inspect = createInspectInstallation({
    config,
    version: readVersion(),
    startedAt: clock(),
    store,
    rootKeys,
    connect: (credential, signal) => createTaigaClient(transport, credential, { signal }),
    revocations,
  });
  const admin = { inspect, keyRotation: createKeyRotation(rotation) };
  const privateApp = createPrivateApp({ ...shared, store, vault, revocations, clock, admin });
  const privateListener = await listen(privateApp, {
    ...config.privateListener,
    setting: "AUTH_SERVER_PRIVATE_PORT",
  });
  refreshSweeper.start();
  return {
    message: `The authorization server is at ${config.issuer}.`,
    close: async () => {
      // Its streams would keep the listener open.
      await revocations.close();
      await Promise.all([publicListener.close(), privateListener.close(), refreshSweeper.close()]);
      await rootKeys.close();
      await Promise.all([
        store.close(),
        broadcast.close(),
        transport.close(),
        documentFetch.close(),
      ]);
    },
  };
});

/** Of this program; the file is beside both the source and the build output. */
function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
