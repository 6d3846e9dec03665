import { ConfigurationError, type Environment, readEnvironment } from "@taiga-mcp/service";
import { existsSync } from "node:fs";
import path from "node:path";
import { resolveMasterKeys } from "../config.ts";
import { AuthServerSettings } from "../settings.ts";
import { toAdminToken } from "../operations/admin-token.ts";

/** The server's settings that the program needs; it asks the server itself for the rest. */
export interface AdminSettings {
  /** Base address of the private listener. */
  privateUrl: string;
  /** Bearer token for the private listener; see admin-token.ts. */
  token: string;
  /** Whether this program runs in a container, where localhost is the container. */
  inContainer: boolean;
}

/**
 * Reads the server's settings without creating anything: a program that is run in the wrong folder
 * must not create a master key there.
 *
 * @throws {ConfigurationError} that names the variable and the rule.
 */
export function readAdminSettings(environment: Environment): AdminSettings {
  const settings = readEnvironment(AuthServerSettings, environment);
  const { MASTER_KEY, STORE_URL, DATA_DIR } = settings;
  const keyFile = path.join(DATA_DIR, "master-key");
  if (MASTER_KEY === undefined && STORE_URL === "sqlite:" && !existsSync(keyFile)) {
    throw new ConfigurationError(
      `There is no master key in ${DATA_DIR}: the server was never started with these settings. Set DATA_DIR or MASTER_KEY to the server's value.`,
    );
  }
  const [newest] = resolveMasterKeys(settings);
  return {
    privateUrl: toPrivateUrl(settings.AUTH_SERVER_PRIVATE_HOST, settings.AUTH_SERVER_PRIVATE_PORT),
    token: toAdminToken(newest),
    inContainer: settings.RUNNING_IN_CONTAINER,
  };
}

/** A server that listens on all addresses can be reached on the loopback address. */
function toPrivateUrl(host: string, port: number): string {
  if (host === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (host === "::") return `http://[::1]:${port}`;
  return host.includes(":") ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}
