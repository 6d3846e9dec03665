import { Redis } from "ioredis";
import { toRedisAddress } from "./redis-url.ts";

const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection that is silent for this long while a command waits is given up. */
const SILENCE_TIMEOUT_MS = 5_000;
/** How long a connection that is given up may take to close cleanly. */
const DISCONNECT_TIMEOUT_MS = 200;
const MAX_RETRY_DELAY_MS = 2_000;

const retryDelayMs = (attempts: number): number => Math.min(50 * 2 ** attempts, MAX_RETRY_DELAY_MS);

export interface RedisClientDeps {
  /** As STORE_URL; see `toRedisAddress`. */
  url: string;
  /** As STORE_PASSWORD. */
  password?: string | undefined;
}

/**
 * A connection that fails fast and reconnects for ever, in the background. With Sentinel each attempt
 * asks anew for the master, and ends when the server there says that it is a replica.
 * @throws {ConfigurationError} when the URL is malformed.
 */
export function createRedisClient({ url, password }: RedisClientDeps): Redis {
  return new Redis({
    ...toRedisAddress(url, password),
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: retryDelayMs,
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
    sentinelRetryStrategy: retryDelayMs,
    // Fail at once instead of queueing, and never resend a command whose answer was lost: a claim
    // that is sent twice would lose against itself.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // The caller subscribes again: only then does it know that it may have missed messages.
    autoResubscribe: false,
    reconnectOnError: isDemoted,
  });
}

/** Error replies of a replica: the server behind this connection is no longer the master. */
const isDemoted = ({ message }: Error): boolean => /^(READONLY|MASTERDOWN)\b/.test(message);

/** Ends a connection for good, with QUIT while the server answers. */
export async function closeRedis(redis: Redis): Promise<void> {
  await redis.quit().catch(() => undefined);
  redis.disconnect();
}
