// Runs docker-compose.yml on a real engine, under a separate project name and on free ports.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { freePorts } from "../../support/system.ts";

const execute = promisify(execFile);

/** Long enough for a first build without a cache. */
const BUILD_MS = 600_000;

/** One container as listed by `docker compose ps`. */
export interface Container {
  Service: string;
  State: string;
  Health: string;
  ExitCode: number;
  Publishers: { URL: string; PublishedPort: number }[] | null;
}

export interface Platform {
  /** `https://localhost:<port>`: issuer and public address. */
  publicUrl: string;
  httpUrl: string;
  mcpUrl: string;
  /** Runs `docker compose` with these arguments and returns what it printed. */
  compose(args: string[], environment?: Record<string, string>): Promise<string>;
  /** Runs a command, whose words have no spaces, in a container of a service. */
  exec(service: string, command: string, options?: { user?: string }): Promise<string>;
  /** All containers, including stopped ones. */
  containers(): Promise<Container[]>;
  /** PEM of the authority that signed nginx's certificate, fetched as the log says. */
  fetchAuthority(): Promise<string>;
  /** Removes containers, volumes, networks and the images that were built. */
  remove(): Promise<void>;
}

/** Nothing is built or started yet. */
export async function createPlatform(): Promise<Platform> {
  const [httpsPort, httpPort] = await freePorts(2);
  const project = `taiga-mcp-test-${process.pid}`;
  const publicUrl = `https://localhost:${httpsPort}`;
  const settings = {
    COMPOSE_PROJECT_NAME: project,
    HTTPS_PORT: `${httpsPort}`,
    HTTP_PORT: `${httpPort}`,
    REGISTRATIONS_PER_HOUR: "1000",
  };

  async function compose(
    args: string[],
    environment: Record<string, string> = {},
  ): Promise<string> {
    try {
      const { stdout, stderr } = await execute("docker", ["compose", ...args], {
        env: { ...withoutSettings(process.env), ...settings, ...environment },
        timeout: BUILD_MS,
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout + stderr;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      throw new Error(`docker compose ${args.join(" ")} failed:\n${stdout}\n${stderr}`, {
        cause: error,
      });
    }
  }

  return {
    publicUrl,
    httpUrl: `http://localhost:${httpPort}`,
    mcpUrl: `${publicUrl}/mcp`,
    compose,
    exec: async (service, command, { user } = {}) => {
      const flags = user === undefined ? [] : ["--user", user];
      return await compose(["exec", "-T", ...flags, service, ...command.split(" ")]);
    },
    containers: async () => {
      const lines = (await compose(["ps", "--all", "--format", "json"])).trim().split("\n");
      return lines
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as Container);
    },
    fetchAuthority: async () => {
      const folder = mkdtempSync(path.join(tmpdir(), "taiga-mcp-ca-"));
      const file = path.join(folder, "taiga-mcp-ca.crt");
      await compose(["cp", "nginx:/etc/nginx/tls/ca.crt", file]);
      const pem = readFileSync(file, "utf8");
      rmSync(folder, { recursive: true });
      return pem;
    },
    remove: async () => {
      await compose(["down", "--volumes", "--remove-orphans", "--rmi", "local", "--timeout", "20"]);
    },
  };
}

/** Variables of the caller's environment that would reconfigure the platform. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = [
    "PUBLIC_URL",
    "ISSUER",
    "MCP_URL",
    "TAIGA_API_URL",
    "STORE_URL",
    "AUTH_SERVER_STORE_URL",
    "RESOURCE_SERVER_STORE_URL",
    "TLS_DIR",
    "BIND_ADDRESS",
  ];
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));
}
