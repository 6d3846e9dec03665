import { ConfigurationError, type Clock, type Logger } from "@taiga-mcp/service";
import path from "node:path";
import type { Kv } from "./kv.ts";
import { createRedisKv } from "./redis.ts";
import { createSqliteKv } from "./sqlite.ts";

export interface OpenStoreOptions {
  /** `sqlite:`, or a `redis://` or `rediss://` URL; the setting STORE_URL. */
  url: string;
  /** The folder of the SQLite file. */
  dataDir: string;
  /** The service that owns the store, such as `auth-server`: names its file or its Redis keys. */
  name: string;
  clock: Clock;
  logger?: Logger;
}

/**
 * Opens the store that STORE_URL names. A Redis that does not answer yet is no error: every
 * method throws `UnavailableError` until it does.
 * @throws {ConfigurationError} when the URL is of another kind, the SQLite file cannot be used or
 * is in use by another process, or a newer version of the program wrote the store.
 */
export async function openStore(options: OpenStoreOptions): Promise<Kv> {
  const { url, dataDir, name, clock } = options;
  const logger = options.logger && { logger: options.logger };
  if (url === "sqlite:") {
    return createSqliteKv({ file: path.join(dataDir, `${name}.sqlite`), clock, ...logger });
  }
  if (/^rediss?:\/\//.test(url)) {
    return await createRedisKv({ url, prefix: `taiga-mcp:${name}:`, ...logger });
  }
  throw new ConfigurationError("STORE_URL: must be sqlite: or start with redis:// or rediss://.");
}
