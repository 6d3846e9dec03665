// Two replicas of the auth-server on one SQLite file and a Taiga of 24-hour and 8-day tokens, in
// this process, with a clock that the test moves: months pass in seconds.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { System } from "../../apps/auth-server/test/support/system.ts";
import { systemClock } from "../../packages/service/src/index.ts";
import { createLocalBroadcast, createSqliteKv, type Kv } from "../../packages/store/src/index.ts";
import type { Sandbox } from "../../packages/taiga-sandbox/src/index.ts";
import { startAuthServer, startTaiga } from "./outage-platform.ts";
import { startRoundRobin } from "./round-robin.ts";
import { freePorts } from "./system.ts";

const REPLICAS = 2;
const HOUR_MS = 3_600_000;

export interface SimulatedMonths {
  /** The address of the balancer in front of both replicas. */
  issuer: string;
  privateUrl: string;
  sandbox: Sandbox;
  /** Taiga's API. */
  taigaApiUrl: string;
  /** Advances time hour by hour; `eachHour` gets the number of hours passed in this call. */
  pass(hours: number, eachHour?: (hour: number) => Promise<void>): Promise<void>;
  /** Whether the replicas run the refresh sweeper, which keeps idle logins alive; initially true. */
  keepsAlive: boolean;
  /** Stops both replicas, closes the store, and starts everything again. */
  restart(): Promise<void>;
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
  const taiga = await startTaiga();
  const issuer = `http://localhost:${issuerPort}`;

  let kv: Kv;
  let replicas: System[] = [];

  async function start(): Promise<void> {
    kv = createSqliteKv({ file: path.join(dataDir, "store.sqlite"), clock: systemClock });
    const broadcast = createLocalBroadcast();
    replicas = await Promise.all(
      Array.from({ length: REPLICAS }, () => startAuthServer({ kv, broadcast, issuer, taiga })),
    );
    publicTargets.splice(0, REPLICAS, ...replicas.map(({ url }) => url));
    privateTargets.splice(0, REPLICAS, ...replicas.map(({ privateUrl }) => privateUrl));
  }

  async function stopReplicas(): Promise<void> {
    await Promise.all(replicas.map((replica) => replica.close()));
    await kv.close();
  }

  await start();
  const months: SimulatedMonths = {
    issuer,
    privateUrl: `http://127.0.0.1:${privatePort}`,
    sandbox: taiga.sandbox,
    taigaApiUrl: taiga.url,
    keepsAlive: true,
    pass: async (hours, eachHour) => {
      for (let hour = 1; hour <= hours; hour += 1) {
        setTime(Date.now() + HOUR_MS);
        if (months.keepsAlive)
          await Promise.all(replicas.map((replica) => replica.refreshSweeper.sweep()));
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
      taiga.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return months;
}
