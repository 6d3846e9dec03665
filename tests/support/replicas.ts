// The platform as it runs on several machines: two auth-servers and two resource-servers on one
// Redis, each kind behind a balancer.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { LOOSE_LIMITS } from "./loose-limits.ts";
import { startRoundRobin } from "./round-robin.ts";
import { createService, freePorts, MASTER_KEY, type Service } from "./system.ts";

export interface Replica extends Service {
  /** Its own address, past the balancer. */
  url: string;
}

export interface Replicas {
  /** The addresses of the balancers. */
  issuer: string;
  internalUrl: string;
  mcpUrl: string;
  taigaApiUrl: string;
  authServers: readonly [Replica, Replica];
  resourceServers: readonly [Replica, Replica];
  rsCredentials: { clientId: string; clientSecret: string };
  stop(): Promise<void>;
}

export interface ReplicaOptions {
  /** How far the clocks of the two replicas of each service are ahead, in seconds. */
  clocksAhead?: readonly [number, number];
  /** Settings on top of those of all replicas. */
  settings?: Record<string, string>;
}

export async function startReplicas(
  storeUrl: string,
  { clocksAhead = [0, 0], settings = {} }: ReplicaOptions = {},
): Promise<Replicas> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "taiga-mcp-replicas-"));
  const [issuerPort, internalPort, mcpPort, sandboxPort, ...own] = await freePorts(10);
  const at = (port: number | undefined): string => `http://localhost:${port}`;
  const rsCredentials = {
    clientId: "replicated-resource-server",
    clientSecret: "replicated-resource-server-secret-of-letters",
  };
  const shared = {
    PATH: process.env["PATH"] ?? "",
    DATA_DIR: dataDir,
    STORE_URL: storeUrl,
    MASTER_KEY,
    RS_CLIENT_ID: rsCredentials.clientId,
    RS_CLIENT_SECRET: rsCredentials.clientSecret,
    ISSUER: at(issuerPort),
    MCP_URL: `${at(mcpPort)}/mcp`,
    TAIGA_API_URL: at(sandboxPort),
    SANDBOX_PORT: `${sandboxPort}`,
    AUTH_SERVER_INTERNAL_URL: at(internalPort),
    ...LOOSE_LIMITS,
    ...settings,
  };
  const [authA, authB, privateA, privateB, mcpA, mcpB] = own;

  const createAuthServer = (
    port: number | undefined,
    privatePort: number | undefined,
    clockAhead: number,
  ): Replica => ({
    ...createService("apps/auth-server", {
      ...shared,
      ...withClock(clockAhead),
      AUTH_SERVER_PORT: `${port}`,
      AUTH_SERVER_PRIVATE_PORT: `${privatePort}`,
    }),
    url: at(port),
  });
  const createResourceServer = (port: number | undefined, clockAhead: number): Replica => ({
    ...createService("apps/resource-server", {
      ...shared,
      ...withClock(clockAhead),
      RESOURCE_SERVER_PORT: `${port}`,
    }),
    url: at(port),
  });
  const sandbox = createService("packages/taiga-sandbox", shared);
  const authServers = [
    createAuthServer(authA, privateA, clocksAhead[0]),
    createAuthServer(authB, privateB, clocksAhead[1]),
  ] as const;
  const resourceServers = [
    createResourceServer(mcpA, clocksAhead[0]),
    createResourceServer(mcpB, clocksAhead[1]),
  ] as const;
  const services = [sandbox, ...authServers, ...resourceServers];
  const balancers = await Promise.all([
    startRoundRobin(issuerPort ?? 0, [at(authA), at(authB)]),
    startRoundRobin(internalPort ?? 0, [at(privateA), at(privateB)]),
    startRoundRobin(mcpPort ?? 0, [at(mcpA), at(mcpB)]),
  ]);

  const stop = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.stop()));
    await Promise.all(balancers.map((balancer) => balancer.close()));
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await Promise.all(services.map((service) => service.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    issuer: shared.ISSUER,
    internalUrl: shared.AUTH_SERVER_INTERNAL_URL,
    mcpUrl: shared.MCP_URL,
    taigaApiUrl: `${shared.TAIGA_API_URL}/api/v1`,
    authServers,
    resourceServers,
    rsCredentials,
    stop,
  };
}

/** The environment of a process whose clock is ahead, or behind when negative. */
const withClock = (aheadSeconds: number): Record<string, string> =>
  aheadSeconds === 0
    ? {}
    : {
        NODE_OPTIONS: `--import=${pathToFileURL("tests/support/clock-ahead.mjs").href}`,
        CLOCK_AHEAD_SECONDS: `${aheadSeconds}`,
      };
