import { isIPv4 } from "node:net";

const DEFAULT_HOST = "127.0.0.1";
const DEFAULT_PORT = 3003;

/** An invalid setting that the user can fix; shown without a stack. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

export interface Settings {
  port: number;
  host: string;
  /** The folder of the state and the secret. */
  dataDir: string;
  /** Whether webhooks may reach private addresses. */
  allowPrivateWebhooks: boolean;
}

/**
 * Reads `SANDBOX_PORT`, `SANDBOX_HOST`, `DANGEROUSLY_EXPOSE_SANDBOX`, `DATA_DIR` and
 * `SANDBOX_ALLOW_PRIVATE_WEBHOOKS`; an empty
 * variable counts as unset.
 *
 * @throws {SetupError} that names the variable and the rule.
 */
export const readSettings = (environment: NodeJS.ProcessEnv): Settings => ({
  port: readPort(environment["SANDBOX_PORT"]),
  host: readHost(environment["SANDBOX_HOST"], environment["DANGEROUSLY_EXPOSE_SANDBOX"] === "true"),
  dataDir: environment["DATA_DIR"] || ".data",
  allowPrivateWebhooks: environment["SANDBOX_ALLOW_PRIVATE_WEBHOOKS"] === "true",
});

function readPort(value: string | undefined): number {
  if (value === undefined || value === "") return DEFAULT_PORT;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new SetupError(`SANDBOX_PORT is "${value}". It has to be a whole number from 1 to 65535.`);
}

/**
 * The demo passwords are public, so the sandbox listens on loopback only, unless the operator
 * declares that the network is private, such as a network of containers.
 */
function readHost(value: string | undefined, isExposed: boolean): string {
  const host = value || DEFAULT_HOST;
  if (isExposed || isLoopback(host)) return host;
  throw new SetupError(
    `SANDBOX_HOST is "${host}", where others could log in with the public demo passwords. Leave it unset, or set DANGEROUSLY_EXPOSE_SANDBOX=true in a private network.`,
  );
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
