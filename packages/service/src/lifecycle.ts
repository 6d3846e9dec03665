import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigurationError } from "./errors.ts";
import { createHttpServer, type HttpServerOptions } from "./http-server.ts";
import { createLogger } from "./logger.ts";

/** How long open requests may take to finish once a service has been told to stop. */
const DRAIN_MS = 8_000;
const IDLE_SWEEP_MS = 100;

/** How long a process with a bug may take to stop: longer than it drains, shorter than engines wait. */
const FAULT_STOP_MS = 12_000;

export interface ListenOptions extends HttpServerOptions {
  host: string;
  port: number;
  /** The variable that sets the port, for the error message. */
  setting: string;
}

export interface Listening {
  port: number;
  /** Takes no new requests, lets open ones finish for a while, then closes what is left. */
  close(): Promise<void>;
}

/** @throws {ConfigurationError} when the port is taken or may not be used, with what to change. */
export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host, port, setting } = options;
  const server = createHttpServer(app, options);
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const where = `port ${port} on ${host}`;
    if (code === "EADDRINUSE") {
      throw new ConfigurationError(
        `${where} is already taken. Stop the program that uses it, or set ${setting} to another port.`,
        { cause },
      );
    }
    throw new ConfigurationError(
      `${where} cannot be opened (${code}). Set ${setting} to another port.`,
      {
        cause,
      },
    );
  }
  return { port: (server.address() as AddressInfo).port, close: () => drain(server) };
}

async function drain(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // A client that keeps its connection would otherwise send its next request over it.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}

/** A started service. */
export interface RunningService {
  /** One line that says where it can be reached. */
  message: string;
  /** Stops listening and closes the store; called once. */
  close(): Promise<void>;
}

/** The parts of `process` that a service needs. */
type Host = Pick<NodeJS.Process, "env" | "exit" | "on" | "once" | "send" | "stderr" | "connected">;

/**
 * Runs a service as this process: starts it, tells a parent that it is ready, and stops it
 * cleanly on SIGINT, SIGTERM, or when the parent that started it is gone. A bad setting ends the
 * process with exit code 1 and a sentence instead of a stack. An error that nothing has handled is
 * logged, open requests may finish, and the process ends with exit code 1: its state is unknown, and
 * whatever runs it starts another one.
 */
export async function runService(
  name: string,
  host: Host,
  start: (environment: NodeJS.ProcessEnv) => Promise<RunningService>,
): Promise<void> {
  let service: RunningService | undefined;
  let isStopping = false;
  let exitCode = 0;

  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    if (service === undefined) return void host.exit(exitCode);
    service.close().then(
      () => host.exit(exitCode),
      (error: unknown) => {
        host.stderr.write(`${name}: did not stop cleanly: ${describeBug(error)}\n`);
        host.exit(1);
      },
    );
  };
  // The service's own logger may be silent, or not exist yet.
  const logFault = (error: unknown): void =>
    createLogger({ name, level: "fatal" }).fatal({ err: error }, "unhandled error; process ends");
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    host.on(event, (error: unknown) => {
      logFault(error);
      exitCode = 1;
      setTimeout(() => host.exit(1), FAULT_STOP_MS).unref();
      stop();
    });
  }

  try {
    service = await start(host.env);
  } catch (error) {
    const text = error instanceof ConfigurationError ? error.message : describeBug(error);
    for (const line of text.split("\n")) host.stderr.write(`${name}: ${line}\n`);
    host.exit(1);
    return;
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) host.on(signal, stop);
  host.once("disconnect", stop);
  host.send?.({ ready: name, message: service.message });
}

const describeBug = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
