import { Redis } from "ioredis";
import { toRedisAddress } from "./redis-url.ts";

const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection that says nothing for this long although a command waits is given up. */
const SILENCE_TIMEOUT_MS = 5_000;
/** How long a connection that we give up has to end in good order. */
const DISCONNECT_TIMEOUT_MS = 200;
const MAX_RETRY_DELAY_MS = 2_000;

const retryDelayMs = (attempts: number): number => Math.min(50 * 2 ** attempts, MAX_RETRY_DELAY_MS);

/**
 * A connection that fails fast and is made again for ever, in the background. With Sentinel each
 * attempt asks anew who the master is, and ends when it answers that it is none.
 * @param url as STORE_URL; see `toRedisAddress`.
 * @throws {ConfigurationError} when the URL is malformed.
 */
export function createRedisClient(url: string): Redis {
  return new Redis({
    ...toRedisAddress(url),
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: retryDelayMs,
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
    sentinelRetryStrategy: retryDelayMs,
    // Fail at once instead of waiting in a queue. And never send a command again whose answer
    // got lost: a claim that is sent twice would lose against itself.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Only the caller knows when it has missed something.
    autoResubscribe: false,
    reconnectOnError: isDemoted,
  });
}

/** What a replica says: the server behind this connection is the master no more. */
const isDemoted = ({ message }: Error): boolean => /^(READONLY|MASTERDOWN)\b/.test(message);

/** Ends a connection for good, and takes leave where there is somebody to take leave of. */
export async function closeRedis(redis: Redis): Promise<void> {
  await redis.quit().catch(() => undefined);
  redis.disconnect();
}
