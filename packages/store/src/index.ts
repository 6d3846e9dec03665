export type * from "./broadcast.ts";
export * from "./due-list.ts";
export * from "./kv.ts";
export { createLocalBroadcast, type LocalBroadcastDeps } from "./local-broadcast.ts";
export * from "./lock.ts";
export {
  openBroadcast,
  openStore,
  type OpenBroadcastOptions,
  type OpenStoreOptions,
} from "./open-store.ts";
export { createSqliteKv, type SqliteKvDeps } from "./sqlite.ts";
export * from "./store-clock.ts";
export * from "./store-watch.ts";
export * from "./topic.ts";
export * from "./update-entry.ts";
