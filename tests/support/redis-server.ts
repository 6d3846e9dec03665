import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis as RedisClient } from "ioredis";
import type { RedisBinary } from "./redis-binary.ts";
import { freePorts } from "./system.ts";
import { WAIT_MS } from "./time-limits.ts";

/** A running server; `from` says how it was found or started. */
export interface Redis {
  url: string;
  from: string;
  stop: () => Promise<unknown>;
}

/** A server started by a test, which may kill it. */
export interface OwnRedis extends Redis {
  port: number;
}

/** Without persistence, reachable from this machine only. */
const SETTINGS = ["bind 127.0.0.1", 'save ""'];

export interface SpawnOptions {
  /** Further lines of the configuration file. */
  settings?: readonly string[];
  /** The password it requires, without quotes or white space. */
  password?: string;
  /** Starts a Sentinel instead of a data server. */
  sentinel?: boolean;
}

/** Starts a server on a free port, and resolves when it answers. */
export async function spawnRedis(
  binary: RedisBinary,
  { settings = [], password, sentinel = false }: SpawnOptions = {},
): Promise<OwnRedis> {
  const port = await freePort();
  const login = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
  const url = `redis://${login}127.0.0.1:${port}`;
  const dir = mkdtempSync(path.join(tmpdir(), "redis-"));
  const file = path.join(dir, "redis.conf");
  const own = [`port ${port}`, `dir ${dir}`, ...(login ? [`requirepass ${password}`] : [])];
  writeFileSync(file, [...SETTINGS, ...own, ...settings, ""].join("\n"));
  const child = spawn(binary.file, [file, ...(sentinel ? ["--sentinel"] : [])], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...binary.env },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const kill = () => child.kill("SIGKILL"); // it has no data to save
  process.once("exit", kill);
  const stop = async () => {
    const exited = child.exitCode ?? child.signalCode ?? once(child, "exit");
    kill();
    await exited;
    process.off("exit", kill);
    rmSync(dir, { recursive: true, force: true });
  };
  for (const end = Date.now() + WAIT_MS; Date.now() < end && child.exitCode === null;) {
    if (await answers(url, 2_000)) return { url, port, from: binary.file, stop };
    await sleep(20);
  }
  await stop();
  throw new Error(`${binary.file} did not start: ${output.trim().split("\n").at(-1)}`);
}

/** Whether a server is up and accepts commands, or says that it wants a password first. */
export async function answers(url: string, timeoutMs: number): Promise<boolean> {
  const client = new RedisClient(url, {
    lazyConnect: true,
    // It needs INFO, which a stranger may not have.
    enableReadyCheck: false,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    retryStrategy: () => null,
  });
  let wantsPassword = false;
  client.on("error", ({ message }: Error) => (wantsPassword ||= message.startsWith("NOAUTH")));
  try {
    await client.connect();
    return (await client.ping()) === "PONG";
  } catch {
    return wantsPassword;
  } finally {
    client.disconnect();
  }
}

/** A port that is currently free. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}
