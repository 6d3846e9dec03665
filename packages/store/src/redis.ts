import type { Logger } from "@taiga-mcp/service";
import { checkTtl } from "./ttl.ts";
import type { Kv } from "./kv.ts";
import { connectRedis } from "./redis-connection.ts";

export interface RedisKvDeps {
  /** `redis://`, `rediss://`, `redis+sentinel://` or `rediss+sentinel://`; see `toRedisAddress`. */
  url: string;
  /** What every key of this store begins with, such as `taiga-mcp:auth-server:`. */
  prefix: string;
  /** Whether the server may delete entries when its memory runs out; left out, it may not. */
  allowsEviction?: boolean;
  logger?: Logger;
}

/** About so many keys the server looks at in one step, in which it does nothing else. */
const SCAN_COUNT = 500;

/**
 * A store in Redis 7 or newer, or Valkey, for any number of processes: one server, or a master and
 * its replicas under Sentinel; not a Redis Cluster. While the server does not answer, also at the
 * start and during a failover, every method throws `UnavailableError`, and whether it took effect
 * is unknown. A failover can undo what a method has answered shortly before: see the README.
 *
 * @throws {ConfigurationError} when the URL is malformed, the server is too old or of another
 * kind or would delete entries, or a newer version of this program wrote the store.
 */
export async function createRedisKv(deps: RedisKvDeps): Promise<Kv> {
  const { url, prefix, allowsEviction = false, logger } = deps;
  const redis = await connectRedis({ url, schemaKey: `${prefix}schema`, allowsEviction, logger });

  const entryPrefix = `${prefix}entry:`;
  const toEntry = (key: string): string => entryPrefix + key;
  const toIndex = (name: string): string => `${prefix}index:${name}`;
  const toKeys = (key: string, indexes: readonly string[] = []): string[] => [
    toEntry(key),
    ...indexes.map(toIndex),
  ];

  /** Runs a script that answers 1 when it did something and 0 when not. */
  const did = async (...call: Parameters<typeof redis.run>): Promise<boolean> =>
    (await redis.run(...call)) === 1;

  const toKey = (entry: string): string => entry.slice(entryPrefix.length);

  return {
    get: async (key) => {
      const found = (await redis.run("get", [toEntry(key)])) as [string, number] | null;
      return found === null ? undefined : { value: found[0], expiresAt: found[1] };
    },

    set: async (key, value, { ttlSeconds, indexes }) => {
      await redis.run("set", toKeys(key, indexes), value, checkTtl(ttlSeconds));
    },

    setIfAbsent: async (key, value, { ttlSeconds }) =>
      did("setIfAbsent", [toEntry(key)], value, checkTtl(ttlSeconds)),

    replace: async (key, value, { ttlSeconds } = {}) =>
      ttlSeconds === undefined
        ? did("replace", [toEntry(key)], value)
        : did("replace", [toEntry(key)], value, checkTtl(ttlSeconds)),

    compareAndSet: async (key, expected, value, { ttlSeconds } = {}) =>
      ttlSeconds === undefined
        ? did("compareAndSet", [toEntry(key)], expected, value)
        : did("compareAndSet", [toEntry(key)], expected, value, checkTtl(ttlSeconds)),

    touch: async (key, { ttlSeconds, indexes }) =>
      did("touch", toKeys(key, indexes), checkTtl(ttlSeconds)),

    delete: (key) => did("delete", [toEntry(key)]),

    compareAndDelete: (key, expected) => did("compareAndDelete", [toEntry(key)], expected),

    members: async (index) => {
      const entries = (await redis.run("members", [toIndex(index)])) as string[];
      return entries.map(toKey);
    },

    firstToEnd: async (index, { withinSeconds, limit }) => {
      const entries = (await redis.run(
        "firstToEnd",
        [toIndex(index)],
        withinSeconds,
        limit,
      )) as string[];
      return entries.map(toKey);
    },

    deleteMembers: async (index) => {
      await redis.run("deleteMembers", [toIndex(index)]);
    },

    scan: async function* (prefix) {
      const pattern = `${toPattern(entryPrefix + prefix)}*`;
      let cursor = "0";
      do {
        const page = (await redis.run("scan", [], cursor, pattern, SCAN_COUNT)) as [
          string,
          string[],
        ];
        cursor = page[0];
        yield* page[1].map(toKey);
      } while (cursor !== "0");
    },

    ping: () => redis.ping(),
    time: () => redis.time(),
    inspect: () => redis.inspect(),
    close: () => redis.close(),
  };
}

/** The pattern that only `text` itself matches (Redis KEYS). */
const toPattern = (text: string): string => text.replaceAll(/[*?[\]\\]/g, "\\$&");
