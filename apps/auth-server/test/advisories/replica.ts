import { createLogger, systemClock } from "@taiga-mcp/service";
import { type Broadcast, createLocalBroadcast, createSqliteKv, type Kv } from "@taiga-mcp/store";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../src/config.ts";
import { createCsrfKeys } from "../../src/secrets/cookie-keys.ts";
import { createSealer } from "../../src/secrets/seal.ts";
import { createApplicationFlows } from "../../src/pages/application-flows.ts";
import { createCsrf } from "../../src/pages/csrf.ts";
import { createInteractionsRouter } from "../../src/pages/router.ts";
import { createLimitedLogin } from "../../src/login/limited-login.ts";
import { createEndGrant } from "../../src/grants/end-grant.ts";
import { createKeyNames, toAccountId } from "../../src/storage/key-names.ts";
import { createRefreshSchedule } from "../../src/vault/refresh-schedule.ts";
import { createVault } from "../../src/vault/vault.ts";
import { createRootKeys } from "../support/root-keys.ts";
import { startSystem, type System, TAIGA_API_URL } from "../support/system.ts";
import { isAway, type PlayedTaiga } from "./played-taiga.ts";

const ROOT_KEYS = createRootKeys(7);

/** Signs the forms of every replica; tests that try what a form's token does not stop, too. */
export const csrf = createCsrf(createCsrfKeys(ROOT_KEYS));

export interface ReplicaOptions {
  taiga: PlayedTaiga;
  kv?: Kv;
  broadcast?: Broadcast;
  config?: Partial<Config>;
}

/**
 * The authorization server with all its parts as main.ts joins them: engine, pages, vault, both
 * ways to log in. Only Taiga is played. Two of them on one store are two replicas.
 */
export async function startReplica(options: ReplicaOptions): Promise<System> {
  const { taiga, kv = createSqliteKv({ file: ":memory:", clock: systemClock }) } = options;
  const { broadcast = createLocalBroadcast() } = options;
  const clock = systemClock;
  const logger = createLogger({ name: "test", level: "silent" });
  const keys = createKeyNames(TAIGA_API_URL);
  const seal = createSealer(ROOT_KEYS, "vault");
  const toSubject = (userId: number): string => toAccountId(TAIGA_API_URL, userId);
  const stored = { kv, seal, clock, keys, logger, sleep };
  const endGrant = createEndGrant({ ...stored, broadcast });
  const vault = createVault({
    ...stored,
    refresh: taiga.refresh,
    whoIs: async () => isAway(),
    applicationTokens: { note: async () => {}, release: async () => {} },
    toAccountId: toSubject,
    ttlSeconds: 660,
    endGrant: (grantId) => endGrant(keys.grant(grantId)),
    schedule: createRefreshSchedule({ kv, clock, keys }),
  });
  return await startSystem({
    kv,
    broadcast,
    vault,
    rootKeys: ROOT_KEYS,
    config: options.config ?? {},
    pages: (interactions, config) =>
      createInteractionsRouter({
        interactions,
        vault,
        password: createLimitedLogin({
          login: { login: (credentials) => taiga.login(credentials) },
          ...stored,
          sleep: async () => {},
        }),
        application: {
          login: {
            toLoginUrl: (state) => `${config.taigaWebUrl}/login?state=${state}`,
            redeem: (authCode, state) => taiga.redeem(authCode, state),
            revoke: async () => {},
          },
          flows: createApplicationFlows(stored),
        },
        listOwnProjects: async () => [],
        csrf,
        allowLists: { users: [], emailDomains: [] },
        issuer: config.issuer,
        toAccountId: toSubject,
        accessLimit: config.accessLimit,
        taigaWebUrl: config.taigaWebUrl,
        mcpUrl: config.resource,
        logger,
        sleep,
      }),
  });
}
