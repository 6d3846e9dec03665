// Two replicas of the auth-server on one SQLite file and a Taiga of 24-hour and 8-day tokens, in
// this process and on a clock that the test moves: months pass in seconds.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createCsrf } from "../../apps/auth-server/src/pages/csrf.ts";
import { createInteractionsRouter } from "../../apps/auth-server/src/pages/router.ts";
import { createLimitedLogin } from "../../apps/auth-server/src/login/limited-login.ts";
import { toTaigaAccount } from "../../apps/auth-server/src/login/taiga-account.ts";
import { createPasswordLogin } from "../../apps/auth-server/src/login/taiga-password.ts";
import { createEndGrant } from "../../apps/auth-server/src/grants/end-grant.ts";
import { createKeyNames, toAccountId } from "../../apps/auth-server/src/storage/key-names.ts";
import { createCsrfKeys } from "../../apps/auth-server/src/secrets/cookie-keys.ts";
import { createSealer, type Sealer } from "../../apps/auth-server/src/secrets/seal.ts";
import { createRefreshSweeper } from "../../apps/auth-server/src/vault/refresh-sweeper.ts";
import { createRefreshSchedule } from "../../apps/auth-server/src/vault/refresh-schedule.ts";
import { createCredentialStore } from "../../apps/auth-server/src/vault/credential-store.ts";
import { createApplicationTokenLifecycle } from "../../apps/auth-server/src/vault/application-token-lifecycle.ts";
import { createApplicationTokenRegistry } from "../../apps/auth-server/src/vault/application-token-registry.ts";
import { createVault } from "../../apps/auth-server/src/vault/vault.ts";
import { createRootKeys } from "../../apps/auth-server/test/support/root-keys.ts";
import {
  startSystem,
  type System,
  TAIGA_API_URL,
} from "../../apps/auth-server/test/support/system.ts";
import { createLogger, systemClock } from "../../packages/service/src/index.ts";
import { createLocalBroadcast, createSqliteKv, type Kv } from "../../packages/store/src/index.ts";
import { createTaigaClient, createTaigaTransport } from "../../packages/taiga-client/src/index.ts";
import { createSandbox, type Sandbox } from "../../packages/taiga-sandbox/src/index.ts";
import { startRoundRobin } from "./round-robin.ts";
import { freePorts } from "./system.ts";

const REPLICAS = 2;
const HOUR_MS = 3_600_000;

export interface SimulatedMonths {
  /** Through a balancer over both replicas. */
  issuer: string;
  privateUrl: string;
  sandbox: Sandbox;
  /** Taiga's API. */
  taigaApiUrl: string;
  /** Time passes hour by hour; `eachHour` is told how many have passed in this call. */
  pass(hours: number, eachHour?: (hour: number) => Promise<void>): Promise<void>;
  /** Whether the replicas keep idle logins alive, as they do at the start. */
  keepsAlive: boolean;
  /** Stops both replicas, closes the store, and starts all of it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface Replica {
  system: System;
  /** Seals what the vault stores. */
  seal: Sealer;
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

/** @param setTime moves the clock of this process to a time in epoch milliseconds. */
export async function startSimulatedMonths(
  setTime: (time: number) => void,
): Promise<SimulatedMonths> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "taiga-mcp-months-"));
  const [issuerPort = 0, privatePort = 0] = await freePorts(2);
  const publicTargets: string[] = [];
  const privateTargets: string[] = [];
  const balancers = await Promise.all([
    startRoundRobin(issuerPort, publicTargets),
    startRoundRobin(privatePort, privateTargets),
  ]);
  const sandbox = createSandbox({
    clock: () => new Date(),
    secret: "a secret of the sandbox in this test",
    seed: "demo",
  });
  const taigaServer = createServer(sandbox.app);
  await new Promise<void>((resolve) => taigaServer.listen(0, "127.0.0.1", resolve));
  const taigaPort = (taigaServer.address() as { port: number }).port;
  const taigaApiUrl = `http://127.0.0.1:${taigaPort}/api/v1`;
  const issuer = `http://localhost:${issuerPort}`;

  let kv: Kv;
  let replicas: Replica[] = [];

  async function start(): Promise<void> {
    kv = createSqliteKv({ file: path.join(dataDir, "store.sqlite"), clock: systemClock });
    const broadcast = createLocalBroadcast();
    replicas = await Promise.all(
      Array.from({ length: REPLICAS }, () => startReplica({ kv, broadcast, issuer, taigaApiUrl })),
    );
    publicTargets.splice(0, REPLICAS, ...replicas.map(({ system }) => system.url));
    privateTargets.splice(0, REPLICAS, ...replicas.map(({ system }) => system.privateUrl));
  }

  async function stopReplicas(): Promise<void> {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await kv.close();
  }

  await start();
  const months: SimulatedMonths = {
    issuer,
    privateUrl: `http://127.0.0.1:${privatePort}`,
    sandbox,
    taigaApiUrl,
    keepsAlive: true,
    pass: async (hours, eachHour) => {
      for (let hour = 1; hour <= hours; hour += 1) {
        setTime(Date.now() + HOUR_MS);
        if (months.keepsAlive) await Promise.all(replicas.map((replica) => replica.sweep()));
        await eachHour?.(hour);
      }
    },
    restart: async () => {
      await stopReplicas();
      await start();
    },
    stop: async () => {
      await stopReplicas();
      await Promise.all(balancers.map((balancer) => balancer.close()));
      taigaServer.close();
      taigaServer.closeAllConnections();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return months;
}

interface ReplicaDeps {
  kv: Kv;
  broadcast: ReturnType<typeof createLocalBroadcast>;
  /** Where it really is, when left out. */
  issuer?: string;
  taigaApiUrl: string;
  /** Does not wait, when left out. */
  sleep?: (ms: number) => Promise<undefined>;
}

/** All parts as main.ts joins them. */
export async function startReplica(deps: ReplicaDeps): Promise<Replica> {
  const { kv, broadcast, issuer, taigaApiUrl, sleep = async () => undefined } = deps;
  const clock = systemClock;
  const logger = createLogger({ name: "test", level: "silent" });
  const keys = createKeyNames(TAIGA_API_URL);
  const rootKeys = createRootKeys(7);
  const transport = createTaigaTransport({ apiUrl: taigaApiUrl });
  const schedule = createRefreshSchedule({ kv, clock, keys });
  const seal = createSealer(rootKeys, "vault");
  const toSubject = (userId: number): string => toAccountId(TAIGA_API_URL, userId);
  const stored = { kv, seal, clock, keys, schedule, logger, sleep };
  const applicationTokens = createApplicationTokenLifecycle({
    ...stored,
    credentials: createCredentialStore({ ...stored, ttlSeconds: 660 }),
    registry: createApplicationTokenRegistry({ ...stored, toAccountId: toSubject }),
    toAccountId: toSubject,
    revokeAtTaiga: async () => undefined,
  });
  const endGrant = createEndGrant({ ...stored, broadcast, applicationTokens });
  const vault = createVault({
    ...stored,
    applicationTokens,
    toAccountId: toSubject,
    whoIs: async (credential, signal) =>
      toTaigaAccount(await createTaigaClient(transport, credential, { signal }).users.me()),
    refresh: (refreshToken, signal) =>
      createTaigaClient(transport, undefined, { signal }).auth.refresh(refreshToken),
    ttlSeconds: 660,
    endGrant: (grantId) => endGrant(keys.grant(grantId)),
  });
  const refreshSweeper = createRefreshSweeper({
    schedule,
    vault,
    applicationTokens,
    logger,
    sleep: async () => undefined,
    random: () => 0,
  });
  const system = await startSystem({
    kv,
    broadcast,
    vault,
    rootKeys,
    config: { ...(issuer !== undefined && { issuer }), registrationsPerHour: 1000 },
    pages: (interactions, config) =>
      createInteractionsRouter({
        interactions,
        vault,
        password: createLimitedLogin({
          login: createPasswordLogin({
            taiga: createTaigaClient(transport),
            loginType: "normal",
            sleep,
          }),
          ...stored,
        }),
        allowLists: { users: [], emailDomains: [] },
        listOwnProjects: async () => [],
        csrf: createCsrf(createCsrfKeys(rootKeys)),
        issuer: config.issuer,
        toAccountId: toSubject,
        accessLimit: "admin",
        taigaWebUrl: config.taigaWebUrl,
        mcpUrl: config.resource,
        logger,
        sleep,
      }),
  });
  return {
    system,
    seal,
    sweep: () => refreshSweeper.sweep(),
    stop: async () => {
      await refreshSweeper.close();
      await system.close();
      await transport.close();
    },
  };
}
