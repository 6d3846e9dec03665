import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { isIPv6 } from "node:net";
import path from "node:path";
import process from "node:process";
import { StateFileError } from "./model/persistence.ts";
import { createSandbox, deleteState, type Sandbox } from "./sandbox.ts";
import { readSettings, SetupError, type Settings } from "./settings.ts";

/** How long open requests may take to finish after a stop signal. */
const DRAIN_MS = 3_000;

/** Idle connections outlast those of clients and proxies; requests must arrive in time. */
const CONNECTION_LIMITS = {
  keepAliveTimeout: 120_000,
  headersTimeout: 15_000,
  requestTimeout: 30_000,
};

/** A persistent signing key keeps logins valid across restarts. */
function readSecret(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, "utf8").trim();
}

/** One folder at a time: the `recursive` option of `mkdirSync` never returns for a folder in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

function openSandbox({ dataDir, allowPrivateWebhooks }: Settings): Sandbox {
  const file = path.join(dataDir, "sandbox.json");
  try {
    makeFolder(path.resolve(dataDir));
    if (process.argv.includes("--reset-demo")) deleteState(file);
    const secret = readSecret(path.join(dataDir, "sandbox-secret"));
    const applicationNextUrl = process.env["SANDBOX_APPLICATION_NEXT_URL"];
    return createSandbox({
      clock: () => new Date(),
      secret,
      file,
      seed: "demo",
      allowPrivateWebhooks,
      ...(applicationNextUrl && { applicationNextUrl }),
    });
  } catch (cause) {
    if (cause instanceof StateFileError) throw new SetupError(cause.message, { cause });
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new SetupError(`DATA_DIR: the folder ${dataDir} cannot be used: ${message}`, { cause });
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const where = `port ${port} on ${host}`;
      const remedy = "or set SANDBOX_PORT to another port.";
      reject(
        new SetupError(
          error.code === "EADDRINUSE"
            ? `${where} is already taken. Stop the program that uses it, ${remedy}`
            : `${where} cannot be opened (${error.code}). Set SANDBOX_PORT or SANDBOX_HOST to another.`,
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}

async function stop(server: Server, sandbox: Sandbox): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
  await sandbox.flush();
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const { port, host } = settings;
  const server = createServer(CONNECTION_LIMITS);
  // The port is the lock: a second process must not touch the files of the first.
  await listen(server, port, host);
  const sandbox = openSandbox(settings);
  server.on("request", sandbox.app);
  await sandbox.flush();

  let stopping = false;
  const shutDown = (): void => {
    if (stopping) return;
    stopping = true;
    stop(server, sandbox).then(() => process.exit(0), fail);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, shutDown);
  process.once("disconnect", shutDown);

  const message = `Taiga sandbox with demonstration data at http://${isIPv6(host) ? `[${host}]` : host}:${port}/api/v1`;
  if (process.send) process.send({ ready: "sandbox", message });
  else process.stdout.write(`sandbox: ${message}\n`);
}

function fail(error: unknown): void {
  const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = error instanceof SetupError ? error.message : bug;
  process.stderr.write(`sandbox: ${text}\n`);
  process.exit(1);
}

main().catch(fail);
