import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { RedisBinary } from "./redis-binary.ts";
import { spawnRedis, type OwnRedis, type SpawnOptions } from "./redis-server.ts";
import { WAIT_MS } from "./time-limits.ts";

const MASTER_NAME = "mymaster";
const PASSWORD = "p%@:/word"; // what a URL must encode

export interface SentinelSet {
  master: OwnRedis;
  replica: OwnRedis;
  sentinels: OwnRedis[];
  /** Starts one more Sentinel, which requires the servers' password. */
  startGuarded(): Promise<OwnRedis>;
  /** A STORE_URL that names the master through Sentinels at these ports. */
  urlOf(ports: readonly number[]): string;
  stop(): Promise<void>;
}

/** A master and its replica, both with a password, and three Sentinels that notice in a second. */
export async function startSentinelSet(binary: RedisBinary): Promise<SentinelSet> {
  const started: OwnRedis[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
  };
  const start = async (options: SpawnOptions): Promise<OwnRedis> => {
    const server = await spawnRedis(binary, options);
    started.push(server);
    return server;
  };
  const startServer = (...settings: string[]): Promise<OwnRedis> =>
    start({ password: PASSWORD, settings: [`masterauth ${PASSWORD}`, ...settings] });

  try {
    const master = await startServer();
    const replica = await startServer(
      `replicaof 127.0.0.1 ${master.port}`,
      "repl-diskless-sync-delay 0",
    );
    await until(replica, ["INFO", "replication"], /master_link_status:up/);
    const settings = [
      `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${master.port} 2`,
      `sentinel auth-pass ${MASTER_NAME} ${PASSWORD}`,
      `sentinel down-after-milliseconds ${MASTER_NAME} 1000`,
      `sentinel failover-timeout ${MASTER_NAME} 5000`,
    ];
    const sentinel = { sentinel: true, settings };
    const sentinels = await Promise.all([start(sentinel), start(sentinel), start(sentinel)]);
    for (const one of sentinels) await until(one, ["INFO", "sentinel"], /slaves=1,sentinels=3/);
    return {
      master,
      replica,
      sentinels,
      startGuarded: () => start({ ...sentinel, password: PASSWORD }),
      urlOf: (ports) => {
        const hosts = ports.map((port) => `127.0.0.1:${port}`).join(",");
        return `redis+sentinel://:${encodeURIComponent(PASSWORD)}@${hosts}/${MASTER_NAME}`;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until the replica has caught up with the master; the store itself never waits for that. */
export async function waitForReplica(master: OwnRedis): Promise<void> {
  const admin = new Redis(master.url);
  try {
    // WAIT covers only the writes of its own connection, so write once here, after all other writes.
    await admin.set("test:last", "v", "EX", 100);
    if ((await admin.wait(1, WAIT_MS)) !== 1) throw new Error("the replica is behind for too long");
  } finally {
    admin.disconnect();
  }
}

/** Polls a server until it gives the expected answer. */
async function until(server: OwnRedis, [command, ...args]: string[], wanted: RegExp) {
  const client = new Redis(server.url);
  try {
    for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(50)) {
      if (wanted.test(String(await client.call(command ?? "", ...args)))) return;
    }
    throw new Error(`${server.from} did not become what the test needs (${wanted.source})`);
  } finally {
    client.disconnect();
  }
}
