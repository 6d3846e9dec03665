import { ConfigurationError, type Logger } from "@taiga-mcp/service";
import type { Redis } from "ioredis";
import { storeClosed, storeFailure, toLoggableError } from "./store-errors.ts";
import type { StoreCondition } from "./kv.ts";
import { createOutageLog } from "./outage-log.ts";
import { closeRedis, createRedisClient } from "./redis-client.ts";
import { REDIS_SCRIPTS, toLua, type RedisScript } from "./redis-scripts.ts";
import { CONDITION_SECTIONS, type ServerRules, toCondition, verifyServer } from "./redis-server.ts";

/** How long the start of a service waits for the server before it goes on without. */
const START_TIMEOUT_MS = 2_000;

export interface RedisConnectionDeps extends ServerRules {
  /** As STORE_URL. */
  url: string;
  logger: Logger | undefined;
}

export interface RedisConnection {
  /**
   * Runs a script.
   * @throws {UnavailableError} when no answer comes in time; never runs it twice.
   */
  run(
    script: RedisScript,
    keys: readonly string[],
    ...args: readonly (string | number)[]
  ): Promise<unknown>;
  /** @throws {UnavailableError} as `run` does. */
  ping(): Promise<void>;
  /**
   * The server's time, in epoch milliseconds.
   * @throws {UnavailableError} as `run` does.
   */
  time(): Promise<number>;
  /**
   * Also answers for a server that is refused.
   * @throws {UnavailableError} as `run` does.
   */
  inspect(): Promise<StoreCondition>;
  close(): Promise<void>;
}

/**
 * Connects to a Redis and stays connected. A server that is down is no error: it is tried again
 * for ever, in the background.
 * @throws {ConfigurationError} when the URL is malformed or the server cannot be used.
 */
export async function connectRedis(deps: RedisConnectionDeps): Promise<RedisConnection> {
  const redis = createRedisClient(deps.url);
  const scripts = defineScripts(redis);
  const batch = createBatching(redis);
  const verified = untilSuccess(() => verifyServer(redis, deps));
  let closed = false;

  const attempt = <Result>(work: () => Promise<Result>): Promise<Result> =>
    attemptUnverified(async () => {
      await verified();
      return await work();
    });

  async function attemptUnverified<Result>(work: () => Promise<Result>): Promise<Result> {
    if (closed) throw storeClosed();
    try {
      return await work();
    } catch (error) {
      throw storeFailure(toLoggableError(error));
    }
  }

  async function close(): Promise<void> {
    closed = true;
    await closeRedis(redis);
  }

  logOutages(redis, deps.logger);
  await firstOutcome(redis);
  await verified().catch(async (error: unknown) => {
    if (!(error instanceof ConfigurationError)) return;
    await close();
    throw error;
  });

  return {
    run: (script, keys, ...args) =>
      attempt(() => {
        batch();
        return scripts[script](keys.length, ...keys, ...args);
      }),
    ping: () => attempt(async () => void (await redis.ping())),
    time: () =>
      attempt(async () => {
        const [seconds, microseconds] = await redis.time();
        return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
      }),
    inspect: () =>
      attemptUnverified(async () => toCondition(await redis.info(...CONDITION_SECTIONS))),
    close,
  };
}

type RunScript = (keyCount: number, ...args: (string | number)[]) => Promise<unknown>;

function defineScripts(redis: Redis): Record<RedisScript, RunScript> {
  const names = Object.keys(REDIS_SCRIPTS) as RedisScript[];
  const entries = names.map((name) => {
    const command = `store_${name}`;
    redis.defineCommand(command, { lua: toLua(name) });
    const commands = redis as unknown as Record<string, RunScript>;
    const run: RunScript = (...args) => commands[command]!(...args);
    return [name, run] as const;
  });
  return Object.fromEntries(entries) as Record<RedisScript, RunScript>;
}

/**
 * Holds back what is sent until all that can be done at once is done, and sends it together: the
 * system call costs more than the command. Nothing waits for anything but this turn's work.
 */
function createBatching(redis: Redis): () => void {
  let held = false;
  return () => {
    const { stream } = redis;
    if (held || stream === undefined) return;
    held = true;
    stream.cork();
    setImmediate(() => {
      held = false;
      stream.uncork();
    });
  };
}

/** Calls `work` until it succeeded once, and never two at a time. */
function untilSuccess(work: () => Promise<void>): () => Promise<void> {
  let outcome: Promise<void> | undefined;
  return () =>
    (outcome ??= work().catch((error: unknown) => {
      outcome = undefined;
      throw error;
    }));
}

/** Waits until the first connection is there or has failed. */
function firstOutcome(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, START_TIMEOUT_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    redis.once("ready", done).once("error", done);
  });
}

function logOutages(redis: Redis, logger: Logger | undefined): void {
  const outages = createOutageLog(logger, {
    lost: "store connection lost",
    back: "store connection restored",
  });
  redis.on("error", (error) => outages.failed(error)).on("ready", () => outages.recovered());
}
