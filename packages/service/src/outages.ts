import { UnavailableError } from "./errors.ts";
import type { Logger } from "./logger.ts";

/** The state of one dependency: the store, Taiga, the authorization server. */
export interface OutageLog {
  /** An attempt to use it has failed. */
  failed(error: unknown): void;
  /** An attempt has succeeded. @returns whether this was the end of an outage. */
  recovered(): boolean;
}

export interface OutageLogOptions {
  /** Messages for the beginning and the end, such as "store connection lost". */
  lost: string;
  back: string;
  /**
   * For dependencies that answer some requests and fail others: an outage is over when no attempt has
   * failed for so long. Default 0.
   */
  quietMs?: number;
  /** Milliseconds; for tests. */
  now?: () => number;
}

type Log = Pick<Logger, "warn" | "debug">;

/** What a service logs about its Taiga. A single request that succeeds does not end the outage. */
export const TAIGA_OUTAGE = {
  lost: "Taiga does not answer",
  back: "Taiga answers again",
  quietMs: 3_000,
} as const;

/** For how long failures after an outage count as its consequences. */
const AFTERMATH_MS = 5_000;

/**
 * The outages of one process. One failure often causes others: without the store the key ring cannot
 * be read, and the authorization server answers 503. Only the first is reported; one that goes on
 * after the first has ended is reported then.
 */
class Outages {
  private readonly reported = new Set<OutageLog>();
  private endedAt = -Infinity;
  private readonly startedAt = performance.now();

  /** Whether failures now are consequences of an outage that the log has. */
  areKnown(now: number): boolean {
    return this.reported.size > 0 || now - this.endedAt < AFTERMATH_MS;
  }

  /** Whether the process has just started: what it depends on may start at the same time. */
  isStarting(): boolean {
    return performance.now() - this.startedAt < AFTERMATH_MS;
  }

  begin(outage: OutageLog): void {
    this.reported.add(outage);
  }

  end(outage: OutageLog, now: number): void {
    if (this.reported.delete(outage)) this.endedAt = now;
  }
}

/** By logger: all parts of a process have the same one, or children of it. */
const outagesByLogger = new WeakMap<object, Outages>();

function findOutages(logger: object): Outages | undefined {
  // A child of a pino logger inherits from its parent.
  for (let own: object | null = logger; own !== null; own = Reflect.getPrototypeOf(own)) {
    const known = outagesByLogger.get(own);
    if (known !== undefined) return known;
  }
  return undefined;
}

function outagesOf(logger: object): Outages {
  const outages = findOutages(logger) ?? new Outages();
  outagesByLogger.set(logger, outages);
  return outages;
}

/**
 * Logs the beginning and the end of an outage in one line each, however many attempts fail meanwhile.
 * Both lines have the same level, so that a log with the first has the second.
 */
export function createOutageLog(logger: Log | undefined, options: OutageLogOptions): OutageLog {
  if (logger === undefined) return { failed: () => undefined, recovered: () => false };
  const { lost, back, quietMs = 0, now = () => performance.now() } = options;
  const outages = outagesOf(logger);
  let begunAt: number | undefined;
  let failedAt = 0;
  let failures = 0;
  let isReported = false;
  let timer: NodeJS.Timeout | undefined;

  function finish(): void {
    const seconds = Math.round((now() - (begunAt ?? now())) / 1000);
    logger?.[isReported ? "warn" : "debug"]({ seconds, failures }, back);
    outages.end(outage, now());
    begunAt = undefined;
    isReported = false;
    failures = 0;
  }

  const outage: OutageLog = {
    failed(error) {
      clearTimeout(timer);
      timer = undefined;
      const isNew = begunAt === undefined;
      begunAt ??= now();
      failedAt = now();
      failures += 1;
      if (isReported) return;
      const isConsequence = outages.areKnown(now());
      if (isConsequence && !isNew) return;
      logger[isConsequence ? "debug" : "warn"]({ err: error }, lost);
      isReported = !isConsequence;
      if (isReported) outages.begin(outage);
    },
    recovered() {
      if (begunAt === undefined) return false;
      const waitMs = failedAt + quietMs - now();
      if (waitMs <= 0) finish();
      else timer ??= setTimeout(finish, waitMs).unref();
      return true;
    },
  };
  return outage;
}

/**
 * Logs what an operation could not do. Consequences of an outage that the log already reports get the
 * level `debug`, because there is one for each request; so do those of the first seconds after a start.
 *
 * @param level of every other failure.
 * @returns whether it was logged with that level.
 */
export function logFailure(
  logger: Pick<Logger, "error" | "warn" | "info" | "debug">,
  level: "error" | "warn" | "info",
  details: { err: unknown } & Record<string, unknown>,
  message: string,
): boolean {
  const outages = findOutages(logger);
  const isKnown =
    outages !== undefined &&
    isOutage(details.err) &&
    (outages.isStarting() || outages.areKnown(performance.now()));
  logger[isKnown ? "debug" : level](details, message);
  return !isKnown;
}

const MAX_CAUSES = 5;

/** Codes of errors that are no `UnavailableError` yet: those of Taiga's client. */
const OUTAGE_CODES = new Set<unknown>(["unavailable", "aborted", "temporarily_unavailable"]);

/** Of sockets, name servers and undici. */
const CONNECTION_CODE =
  /^(EAI_AGAIN|ECONN\w+|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT|UND_ERR_\w+)$/;

/** Whether an error, or a cause of it, says that a dependency does not answer. */
function isOutage(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return false;
  if (error instanceof UnavailableError || error.name === "TimeoutError") return true;
  const code: unknown = Reflect.get(error, "code");
  const isConnection = typeof code === "string" && CONNECTION_CODE.test(code);
  return isConnection || OUTAGE_CODES.has(code) || isOutage(error.cause, depth + 1);
}
