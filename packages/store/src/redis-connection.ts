import { ConfigurationError, type Logger } from "@taiga-mcp/service";
import { Redis } from "ioredis";
import { storeClosed, storeFailure } from "./failure.ts";
import { REDIS_SCRIPTS, toLua, type RedisScript } from "./redis-scripts.ts";

/** The layout of the keys; a program that meets a higher number must not touch them. */
const SCHEMA_VERSION = 1;
/** EXPIRETIME and EXPIREAT with GT came with it; every Valkey says 7 or more. */
const OLDEST_SERVER = 7;

const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection that says nothing for this long although a command waits is given up. */
const SILENCE_TIMEOUT_MS = 5_000;
const MAX_RETRY_DELAY_MS = 2_000;
/** How long the start of a service waits for the server before it goes on without. */
const START_TIMEOUT_MS = 2_000;

export interface RedisConnectionDeps {
  /** `redis://` or `rediss://`. */
  url: string;
  /** The key that holds the schema version. */
  schemaKey: string;
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
  close(): Promise<void>;
}

/**
 * Connects to a Redis and stays connected. A server that is down is no error: it is tried again
 * for ever, in the background.
 * @throws {ConfigurationError} when the URL is malformed or the server cannot be used.
 */
export async function connectRedis(deps: RedisConnectionDeps): Promise<RedisConnection> {
  const redis = createClient(deps.url);
  const scripts = defineScripts(redis);
  const verified = untilSuccess(() => verifyServer(redis, deps.schemaKey));
  let closed = false;

  async function attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    if (closed) throw storeClosed();
    try {
      await verified();
      return await work();
    } catch (error) {
      throw storeFailure(toLoggable(error));
    }
  }

  async function close(): Promise<void> {
    closed = true;
    await redis.quit().catch(() => undefined); // not connected: nobody to say goodbye to
    redis.disconnect();
  }

  logOutages(redis, deps.logger);
  await firstOutcome(redis);
  await verified().catch(async (error: unknown) => {
    if (!(error instanceof ConfigurationError)) return;
    await close();
    throw error;
  });

  return {
    run: (script, keys, ...args) => attempt(() => scripts[script](keys.length, ...keys, ...args)),
    ping: () => attempt(async () => void (await redis.ping())),
    close,
  };
}

function createClient(url: string): Redis {
  if (!URL.canParse(url)) {
    throw new ConfigurationError("STORE_URL: must be a URL such as redis://127.0.0.1:6379.");
  }
  return new Redis(url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    retryStrategy: (attempts) => Math.min(50 * 2 ** attempts, MAX_RETRY_DELAY_MS),
    // Fail at once instead of waiting in a queue. And never send a command again whose answer
    // got lost: a claim that is sent twice would lose against itself.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
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

/** @throws {ConfigurationError} when the server is too old or its data too new for this program. */
async function verifyServer(redis: Redis, schemaKey: string): Promise<void> {
  const version = /^redis_version:(.*)$/m.exec(await redis.info("server"))?.[1]?.trim() ?? "";
  if (Number.parseInt(version, 10) < OLDEST_SERVER) {
    throw new ConfigurationError(
      `STORE_URL: the server there is Redis ${version}, and ${OLDEST_SERVER}.0 or newer is needed.`,
    );
  }
  await redis.set(schemaKey, SCHEMA_VERSION, "NX");
  const schema = Number(await redis.get(schemaKey));
  if (schema > SCHEMA_VERSION) {
    throw new ConfigurationError(
      `The store at STORE_URL was written by a newer version of this program (schema ${schema}, ` +
        `this one knows ${SCHEMA_VERSION}): run that version, or use another database.`,
    );
  }
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

/** One line when the server is lost and one when it is back, however often it is tried. */
function logOutages(redis: Redis, logger: Logger | undefined): void {
  let lost = false;
  redis.on("error", (error: unknown) => {
    if (!lost) logger?.warn({ err: toLoggable(error) }, "the store does not answer");
    lost = true;
  });
  redis.on("ready", () => {
    if (lost) logger?.info("the store answers again");
    lost = false;
  });
}

/** What went wrong without ioredis's own fields: they hold the command with keys, values, password. */
function toLoggable(error: unknown): Error {
  if (error instanceof ConfigurationError) return error;
  const { name, message } = error as Error;
  return Object.assign(new Error(message), { name });
}
