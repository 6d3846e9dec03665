export type * from "./kv.ts";
export { createMemoryKv, type MemoryKvDeps } from "./memory.ts";
export { openStore, type OpenStoreOptions } from "./open-store.ts";
export { createRedisKv, type RedisKvDeps } from "./redis.ts";
export { createSqliteKv, type SqliteKvDeps } from "./sqlite.ts";
