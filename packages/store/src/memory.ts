import type { Clock } from "@taiga-mcp/service";
import { toEnd } from "./expiry.ts";
import { storeClosed } from "./failure.ts";
import type { Kv } from "./kv.ts";

/** How often everything that has ended is dropped, also what nobody asks for any more. */
const SWEEP_SECONDS = 60;

interface StoredEntry {
  value: string;
  expiresAt: number;
  indexes: Set<string>;
}

export interface MemoryKvDeps {
  clock: Clock;
}

/** A store that forgets everything with the process: for unit tests. */
export function createMemoryKv({ clock }: MemoryKvDeps): Kv {
  const entries = new Map<string, StoredEntry>();
  const indexes = new Map<string, Set<string>>();
  let nextSweepAt = clock() + SWEEP_SECONDS;
  let closed = false;

  function now(): number {
    if (closed) throw storeClosed();
    const time = clock();
    if (time >= nextSweepAt) {
      nextSweepAt = time + SWEEP_SECONDS;
      for (const [key, { expiresAt }] of entries) if (expiresAt <= time) drop(key);
    }
    return time;
  }

  function find(key: string): StoredEntry | undefined {
    const time = now();
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAt > time) return entry;
    drop(key);
    return undefined;
  }

  function drop(key: string): void {
    for (const name of entries.get(key)?.indexes ?? []) {
      const keys = indexes.get(name);
      keys?.delete(key);
      if (keys?.size === 0) indexes.delete(name);
    }
    entries.delete(key);
  }

  function enter(key: string, entry: StoredEntry, names: readonly string[]): void {
    for (const name of names) {
      entry.indexes.add(name);
      indexes.set(name, (indexes.get(name) ?? new Set()).add(key));
    }
  }

  const liveMembers = (index: string): string[] =>
    [...(indexes.get(index) ?? [])].filter((key) => find(key) !== undefined);

  return {
    get: async (key) => {
      const entry = find(key);
      return entry && { value: entry.value, expiresAt: entry.expiresAt };
    },

    set: async (key, value, { ttlSeconds, indexes: names = [] }) => {
      const expiresAt = toEnd(now(), ttlSeconds);
      const entry = { value, expiresAt, indexes: find(key)?.indexes ?? new Set<string>() };
      entries.set(key, entry);
      enter(key, entry, names);
    },

    setIfAbsent: async (key, value, { ttlSeconds }) => {
      const expiresAt = toEnd(now(), ttlSeconds);
      if (find(key) !== undefined) return false;
      entries.set(key, { value, expiresAt, indexes: new Set() });
      return true;
    },

    replace: async (key, value, { ttlSeconds } = {}) => {
      const expiresAt = ttlSeconds === undefined ? undefined : toEnd(now(), ttlSeconds);
      const entry = find(key);
      if (entry === undefined) return false;
      entry.value = value;
      entry.expiresAt = expiresAt ?? entry.expiresAt;
      return true;
    },

    compareAndSet: async (key, expected, value, { ttlSeconds } = {}) => {
      const expiresAt = ttlSeconds === undefined ? undefined : toEnd(now(), ttlSeconds);
      const entry = find(key);
      if (entry?.value !== expected) return false;
      entry.value = value;
      entry.expiresAt = expiresAt ?? entry.expiresAt;
      return true;
    },

    touch: async (key, { ttlSeconds, indexes: names = [] }) => {
      const expiresAt = toEnd(now(), ttlSeconds);
      const entry = find(key);
      if (entry === undefined) return false;
      entry.expiresAt = Math.max(entry.expiresAt, expiresAt);
      enter(key, entry, names);
      return true;
    },

    delete: async (key) => {
      const found = find(key) !== undefined;
      drop(key);
      return found;
    },

    compareAndDelete: async (key, expected) => {
      if (find(key)?.value !== expected) return false;
      drop(key);
      return true;
    },

    members: async (index) => {
      now();
      return liveMembers(index);
    },

    firstToEnd: async (index, { withinSeconds, limit }) => {
      const latest = now() + withinSeconds;
      const ends = liveMembers(index).map((key) => ({ key, end: find(key)?.expiresAt ?? 0 }));
      return ends
        .filter(({ end }) => end <= latest)
        .toSorted((one, other) => one.end - other.end)
        .slice(0, limit)
        .map(({ key }) => key);
    },

    deleteMembers: async (index) => {
      now();
      for (const key of liveMembers(index)) drop(key);
    },

    scan: async function* (prefix) {
      now();
      for (const key of entries.keys()) {
        if (key.startsWith(prefix) && find(key) !== undefined) yield key;
      }
    },

    ping: async () => {
      now();
    },

    inspect: async () => {
      now();
      return ["forgets"];
    },

    close: async () => {
      closed = true;
      entries.clear();
      indexes.clear();
    },
  };
}
