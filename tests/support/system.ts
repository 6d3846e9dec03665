// The whole platform as a user runs it: three processes on free ports, from source, or from
// the build when E2E_FROM=dist.
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { LOOSE_LIMITS } from "./loose-limits.ts";
import { PROCESS_MS } from "./time-limits.ts";

const FROM = process.env["E2E_FROM"] === "dist" ? "dist" : "source";

/** The same for all runs: a Redis that outlives them holds a key ring sealed with this key. */
export const MASTER_KEY = Buffer.alloc(32, 7).toString("base64url");

export interface Service {
  /** Ends the process as a service manager would, and waits for it. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the process again with the same settings. */
  start(): Promise<void>;
  /** @param changes settings that change from now on. */
  restart(changes?: Record<string, string>): Promise<void>;
  /** Everything the process has written so far. */
  output(): string;
}

export interface System {
  issuer: string;
  /** The auth-server's private listener. */
  internalUrl: string;
  mcpUrl: string;
  /** The sandbox's API. */
  taigaApiUrl: string;
  /** The secret with which the resource-server authenticates to the auth-server. */
  resourceServer: Service;
  authServer: Service;
  sandbox: Service;
  /** The environment of all three processes. */
  environment: Readonly<Record<string, string>>;
  rsCredentials: { clientId: string; clientSecret: string };
  stop(): Promise<void>;
}

/**
 * @param extra settings on top of the addresses and the data folder.
 * @param own settings of one service alone.
 */
export async function startSystem(
  extra: Record<string, string> = {},
  own: { resourceServer?: Record<string, string> } = {},
): Promise<System> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "taiga-mcp-e2e-"));
  const [authPort, privatePort, mcpPort, sandboxPort] = await freePorts(4);
  const rsCredentials = {
    clientId: "e2e-resource-server",
    clientSecret: "e2e-resource-server-secret-of-40-letters",
  };
  const environment = {
    PATH: process.env["PATH"] ?? "",
    DATA_DIR: dataDir,
    LOG_LEVEL: "info",
    ISSUER: `http://localhost:${authPort}`,
    MCP_URL: `http://localhost:${mcpPort}/mcp`,
    TAIGA_API_URL: `http://localhost:${sandboxPort}`,
    AUTH_SERVER_PORT: `${authPort}`,
    AUTH_SERVER_PRIVATE_PORT: `${privatePort}`,
    AUTH_SERVER_INTERNAL_URL: `http://127.0.0.1:${privatePort}`,
    RESOURCE_SERVER_PORT: `${mcpPort}`,
    SANDBOX_PORT: `${sandboxPort}`,
    SANDBOX_APPLICATION_NEXT_URL: `http://localhost:${authPort}/taiga/callback`,
    RS_CLIENT_ID: rsCredentials.clientId,
    RS_CLIENT_SECRET: rsCredentials.clientSecret,
    ...LOOSE_LIMITS,
    ...extra,
  };
  const services = {
    sandbox: createService("packages/taiga-sandbox", environment),
    authServer: createService("apps/auth-server", environment),
    resourceServer: createService("apps/resource-server", {
      ...environment,
      ...own.resourceServer,
    }),
  };
  const all = Object.values(services);
  const stop = async (): Promise<void> => {
    await Promise.all(all.map((service) => service.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await Promise.all(all.map((service) => service.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...services,
    issuer: environment.ISSUER,
    internalUrl: environment.AUTH_SERVER_INTERNAL_URL,
    mcpUrl: environment.MCP_URL,
    taigaApiUrl: `${environment.TAIGA_API_URL}/api/v1`,
    environment,
    rsCredentials,
    stop,
  };
}

/** One program as a separate process, not started yet. */
export function createService(folder: string, environment: Record<string, string>): Service {
  let child: ChildProcess | undefined;
  let output = "";
  const settings = { ...environment };

  async function start(): Promise<void> {
    const args =
      FROM === "dist" ? [`${folder}/dist/main.js`] : [...process.execArgv, `${folder}/src/main.ts`];
    const started = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: settings,
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    const [first] = await Promise.race([
      once(started, "message", { signal: AbortSignal.timeout(PROCESS_MS) }),
      once(started, "close").then((): unknown[] => []), // emitted once all output has arrived
    ]);
    if (first === undefined) throw new Error(`${folder} did not start:\n${output}`);
  }

  async function stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, "exit");
    ending.kill(signal);
    await exited;
  }

  return {
    start,
    stop,
    restart: async (changes = {}) => {
      await stop();
      Object.assign(settings, changes);
      await start();
    },
    output: () => output,
  };
}

const givenPorts = new Set<number>();

/**
 * Ports that were free a moment ago, all different. They are below those that systems give to
 * connections and to servers that ask for any port (Linux: from 32768 on), and each worker of vitest
 * has its own thousand: a service that takes long to start would find them taken. No port is given
 * twice, because the service that the first call was for may not have started yet.
 */
export async function freePorts(count: number): Promise<number[]> {
  const first = 20_000 + (Number(process.env["VITEST_POOL_ID"] ?? 0) % 12) * 1_000;
  const servers: Server[] = [];
  while (servers.length < count) {
    const port = first + randomInt(1_000);
    if (givenPorts.has(port)) continue;
    givenPorts.add(port);
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening").then(
      () => servers.push(server),
      () => undefined, // taken: another one
    );
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) {
    server.close();
    await once(server, "close");
  }
  return ports;
}
