import type { Clock } from "@taiga-mcp/service";
import { type Entry, type Kv, updateEntry } from "@taiga-mcp/store";
import type { AdapterPayload } from "oidc-provider";
import type { Sealer } from "../../secrets/seal.ts";
import type { RecordKind } from "./records.ts";

/** What to do with a record, and what `RecordStore.update` returns once it is done. */
export interface RecordChange<Result> {
  /** Left out, the record stays as it is. */
  payload?: AdapterPayload;
  result: Result;
}

/** Records of one of oidc-provider's models. */
export interface RecordStore {
  /** @returns `undefined` also when the record's own `exp` has passed. */
  read(id: string): Promise<AdapterPayload | undefined>;
  /** Reads by the name of the key, without the id as `jti`: never save what this returns. */
  readAt(key: string): Promise<AdapterPayload | undefined>;
  /** @param moreIndexes what the record enters in addition to the indexes of its kind. */
  write(
    id: string,
    payload: AdapterPayload,
    ttlSeconds?: number,
    moreIndexes?: readonly string[],
  ): Promise<void>;
  /** @returns false when there is one already. */
  writeIfAbsent(id: string, payload: AdapterPayload, ttlSeconds?: number): Promise<boolean>;
  /** Replaces an existing record and keeps its end; false when there is none. */
  rewrite(id: string, payload: AdapterPayload): Promise<boolean>;
  /**
   * Changes a record depending on what it holds, and keeps its end; see `updateEntry`.
   * @param change gets `undefined` when there is no record, and cannot create one.
   */
  update<Result>(
    id: string,
    change: (
      payload: AdapterPayload | undefined,
    ) => RecordChange<Result> | Promise<RecordChange<Result>>,
  ): Promise<Result>;
  /** The same by the name of the key, without the id as `jti`. */
  updateAt<Result>(
    key: string,
    change: (
      payload: AdapterPayload | undefined,
    ) => RecordChange<Result> | Promise<RecordChange<Result>>,
  ): Promise<Result>;
  delete(id: string): Promise<void>;
}

export interface RecordStoreDeps {
  kv: Kv;
  sealer: Sealer;
  clock: Clock;
  kind: RecordKind;
}

/** Hashes ids into keys, stores no ids, and seals secrets to the key they lie under. */
export function createRecordStore({ kv, sealer, clock, kind }: RecordStoreDeps): RecordStore {
  async function toText(key: string, payload: AdapterPayload): Promise<string> {
    const text = JSON.stringify({ ...payload, jti: undefined });
    return kind.isSealed ? await sealer.seal(key, text) : text;
  }

  async function open(key: string, entry: Entry): Promise<AdapterPayload | undefined> {
    const text = kind.isSealed ? await sealer.open(key, entry.value) : entry.value;
    const payload = JSON.parse(text) as AdapterPayload;
    if (kind.slides) payload.exp = entry.expiresAt;
    return payload.exp !== undefined && payload.exp <= clock() ? undefined : payload;
  }

  async function readAt(key: string): Promise<AdapterPayload | undefined> {
    const entry = await kv.get(key);
    return entry && (await open(key, entry));
  }

  const withJti = (payload: AdapterPayload | undefined, id: string): AdapterPayload | undefined =>
    payload && kind.hasJti ? { ...payload, jti: id } : payload;

  const toTtl = (ttlSeconds: number | undefined): number => {
    const ttl = ttlSeconds ?? kind.ttlSeconds;
    if (ttl === undefined) throw new TypeError("A record of this kind needs a lifetime.");
    return ttl;
  };

  const updateAt: RecordStore["updateAt"] = (key, change) =>
    updateEntry(kv, key, async (entry) => {
      const { payload, result } = await change(entry && (await open(key, entry)));
      return payload === undefined ? { result } : { value: await toText(key, payload), result };
    });

  return {
    readAt,
    read: async (id) => withJti(await readAt(kind.key(id)), id),
    write: async (id, payload, ttlSeconds, moreIndexes = []) => {
      const key = kind.key(id);
      const indexes = [...kind.indexes(payload, id), ...moreIndexes];
      await kv.set(key, await toText(key, payload), { ttlSeconds: toTtl(ttlSeconds), indexes });
    },
    writeIfAbsent: async (id, payload, ttlSeconds) => {
      const key = kind.key(id);
      const text = await toText(key, payload);
      return await kv.setIfAbsent(key, text, { ttlSeconds: toTtl(ttlSeconds) });
    },
    rewrite: async (id, payload) => {
      const key = kind.key(id);
      return await kv.replace(key, await toText(key, payload));
    },
    update: (id, change) => updateAt(kind.key(id), (payload) => change(withJti(payload, id))),
    updateAt,
    delete: async (id) => {
      await kv.delete(kind.key(id));
    },
  };
}
