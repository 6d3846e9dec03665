import {
  pino,
  type DestinationStream,
  type Logger,
  type LoggerOptions as LoggerSettings,
} from "pino";
import { pinoHttp, type HttpLogger } from "pino-http";
import { redactSecrets } from "./redact-secrets.ts";

export type { Logger } from "pino";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  name: string;
  level: LogLevel;
  /** Where the lines go; standard output unless a test says otherwise. */
  destination?: DestinationStream;
}

/**
 * One JSON object a line. Credentials are hidden by name wherever they turn up: by a walk of our
 * own, because the library's `redact` looks three levels deep and costs 30 µs a line for that.
 */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const options: LoggerSettings = {
    name,
    level,
    formatters: { log: redactSecrets },
    hooks: { streamWrite: escapeInvisible },
    // An error's own fields (a request, an answer) may hold secrets: only its message is logged.
    serializers: { err: (error: unknown) => toLoggedError(error) },
  };
  const logger = destination === undefined ? pino(options) : pino(options, destination);
  return redactInChildren(logger);
}

/** Controls, line separators, and characters that hide or reorder the text of a line. */
const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}\p{Variation_Selector}\u007f-\u009f\u{e0000}-\u{e0fff}]/gu;

/** Escapes them as JSON does: names of strangers must not change how a line looks in a terminal. */
const escapeInvisible = (line: string): string =>
  line.replaceAll(INVISIBLE, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );

/** A child takes its bindings past the formatters, and hands its own `child` on to its children. */
function redactInChildren(logger: Logger): Logger {
  const child = Reflect.get(logger, "child") as (this: Logger, ...call: unknown[]) => never;
  logger.child = function (bindings, options) {
    return child.call(this, redactSecrets(bindings), options);
  };
  return logger;
}

/** An error may be its own cause. */
const MAX_CAUSES = 5;

interface LoggedError {
  type: string;
  message: string;
  /** Not `code`: under that name authorization codes are redacted. */
  errorCode?: string;
  stack?: string;
  cause?: LoggedError;
}

function toLoggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === "string" && { errorCode: code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined &&
      depth < MAX_CAUSES && { cause: toLoggedError(error.cause, depth + 1) }),
  };
}

/**
 * Gives each request an id (`req.id`) and a child logger (`req.log`), and logs its end:
 * method, path, status and duration. Query strings and headers stay out, because codes, states
 * and tokens travel there.
 */
export function createHttpLogger(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    genReqId: (_req, res) => {
      const id = crypto.randomUUID();
      res.setHeader("X-Request-Id", id);
      return id;
    },
    // Else the library's own serializers run first, and log every field that an error carries.
    wrapSerializers: false,
    serializers: {
      err: (error: unknown) => toLoggedError(error),
      req: (req: { id: string; method: string; url: string }) => ({
        id: req.id,
        method: req.method,
        path: req.url.split("?", 1)[0],
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
    // Without an error of its own the library makes one up, with a stack that leads nowhere.
    customErrorObject: (_req, res, _error, value: object) => ({ ...value, err: res.err }),
    customLogLevel: (_req, res, error) => {
      // 503 is an answer in an outage, which has a line of its own.
      if (error !== undefined || (res.statusCode >= 500 && res.statusCode !== 503)) return "error";
      return "info";
    },
  });
}
