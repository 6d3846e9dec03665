import type { Clock } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import type { AdapterPayload } from "oidc-provider";
import type { Sealer } from "../../secrets/seal.ts";
import type { RecordKind } from "./records.ts";

/** A record as the engine knows it, and as it lies in the store. */
export interface StoredRecord {
  payload: AdapterPayload;
  /** The stored text, for writing only over exactly this. */
  text: string;
  /** Epoch seconds: the store's end, which is what counts. */
  expiresAt: number;
}

/** Records of one of the engine's models. */
export interface RecordStore {
  /** @returns `undefined` also when the record's own `exp` has passed. */
  read(id: string): Promise<StoredRecord | undefined>;
  readAt(key: string): Promise<StoredRecord | undefined>;
  write(id: string, payload: AdapterPayload, ttlSeconds?: number): Promise<void>;
  /** @returns false when it is there already. */
  writeIfAbsent(id: string, payload: AdapterPayload, ttlSeconds?: number): Promise<boolean>;
  /** Changes what is there and leaves its end alone; false when nothing is there. */
  rewrite(id: string, payload: AdapterPayload): Promise<boolean>;
  /**
   * Changes the payload of an unsealed record only where it still is exactly what was read.
   * @returns the record as it is now, `undefined` when somebody else was faster.
   */
  swap(id: string, from: StoredRecord, payload: AdapterPayload): Promise<StoredRecord | undefined>;
  delete(id: string): Promise<void>;
}

export interface RecordStoreDeps {
  kv: Kv;
  sealer: Sealer;
  clock: Clock;
  kind: RecordKind;
}

/** Names are hashed, ids never stored, secrets sealed and bound to the name they lie under. */
export function createRecordStore({ kv, sealer, clock, kind }: RecordStoreDeps): RecordStore {
  async function toText(key: string, payload: AdapterPayload): Promise<string> {
    const text = JSON.stringify({ ...payload, jti: undefined });
    return kind.isSealed ? await sealer.seal(key, text) : text;
  }

  async function readAt(key: string): Promise<StoredRecord | undefined> {
    const entry = await kv.get(key);
    if (entry === undefined) return undefined;
    const text = kind.isSealed ? await sealer.open(key, entry.value) : entry.value;
    const payload = JSON.parse(text) as AdapterPayload;
    if (kind.slides) payload.exp = entry.expiresAt;
    if (payload.exp !== undefined && payload.exp <= clock()) return undefined;
    return { payload, text: entry.value, expiresAt: entry.expiresAt };
  }

  const toTtl = (ttlSeconds: number | undefined): number => {
    const ttl = ttlSeconds ?? kind.ttlSeconds;
    if (ttl === undefined) throw new TypeError("A record needs an end.");
    return ttl;
  };

  return {
    readAt,
    read: async (id) => {
      const record = await readAt(kind.key(id));
      if (record === undefined || !kind.hasJti) return record;
      return { ...record, payload: { ...record.payload, jti: id } };
    },
    write: async (id, payload, ttlSeconds) => {
      const key = kind.key(id);
      const indexes = kind.indexes(payload, id);
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
    swap: async (id, from, payload) => {
      const key = kind.key(id);
      const text = await toText(key, payload);
      const ttlSeconds = Math.max(1, from.expiresAt - clock());
      if (!(await kv.compareAndSet(key, from.text, text, { ttlSeconds }))) return undefined;
      return { ...from, payload, text };
    },
    delete: async (id) => {
      await kv.delete(kind.key(id));
    },
  };
}
