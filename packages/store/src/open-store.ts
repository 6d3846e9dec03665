import { ConfigurationError, type Clock, type Logger } from "@taiga-mcp/service";
import path from "node:path";
import type { Broadcast } from "./broadcast.ts";
import type { Kv } from "./kv.ts";
import { createLocalBroadcast } from "./local-broadcast.ts";
import { isRedisUrl } from "./redis-url.ts";
import { createSqliteKv } from "./sqlite.ts";

export interface OpenBroadcastOptions {
  /**
   * `sqlite:`, or a `redis://`, `rediss://`, `redis+sentinel://` or `rediss+sentinel://` URL; the
   * setting STORE_URL.
   */
  url: string;
  /** The service it belongs to, such as `auth-server`: names its file or its Redis keys. */
  name: string;
  logger?: Logger;
}

export interface OpenStoreOptions extends OpenBroadcastOptions {
  /** The folder of the SQLite file. */
  dataDir: string;
  /** Whether a Redis may delete entries when its memory runs out; left out, it may not. */
  allowsEviction?: boolean;
  clock: Clock;
}

/**
 * Opens the store that STORE_URL names. A Redis that does not answer yet is no error: every
 * method throws `UnavailableError` until it does.
 * @throws {ConfigurationError} when the URL is of another kind, the SQLite file cannot be used or
 * is in use by another process, the Redis is of a kind that cannot be used or would delete entries, or a newer version of
 * the program wrote the store.
 */
export async function openStore(options: OpenStoreOptions): Promise<Kv> {
  const { url, dataDir, name, allowsEviction = false, clock } = options;
  const logger = options.logger && { logger: options.logger };
  if (url === "sqlite:") {
    return createSqliteKv({ file: path.join(dataDir, `${name}.sqlite`), clock, ...logger });
  }
  if (!isRedisUrl(url)) throw unknownKind();
  // Loaded only where it is used: a service on SQLite starts faster and 15 MB smaller without it.
  const { createRedisKv } = await import("./redis.ts");
  return await createRedisKv({ url, prefix: toPrefix(name), allowsEviction, ...logger });
}

/**
 * Opens the broadcast that goes with the store: a SQLite store serves one process, so that its
 * broadcast stays in it; with Redis it reaches every process of the same service.
 * @throws {ConfigurationError} as `openStore` does.
 */
export async function openBroadcast(options: OpenBroadcastOptions): Promise<Broadcast> {
  const { url, name } = options;
  const logger = options.logger && { logger: options.logger };
  if (url === "sqlite:") return createLocalBroadcast({ ...logger });
  if (!isRedisUrl(url)) throw unknownKind();
  const { createRedisBroadcast } = await import("./redis-broadcast.ts");
  return await createRedisBroadcast({ url, prefix: toPrefix(name), ...logger });
}

const toPrefix = (name: string): string => `taiga-mcp:${name}:`;

const unknownKind = (): ConfigurationError =>
  new ConfigurationError(
    "STORE_URL: must be sqlite: or start with redis://, rediss://, redis+sentinel:// or rediss+sentinel://.",
  );
