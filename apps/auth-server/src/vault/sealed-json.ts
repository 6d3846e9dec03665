import type { Logger } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import type { z } from "zod";
import { type Sealer, SealError } from "../secrets/seal.ts";

/** A record as it was read. */
export interface OpenedRecord<T> {
  value: T;
  /** The stored text, to compare with when writing. */
  sealed: string;
  /** Epoch seconds. */
  expiresAt: number;
}

/** Records of one kind that the store holds sealed, each bound to the key it lies under. */
export interface SealedJson<T> {
  /** @returns `undefined` when it is absent, and when no key opens it: its login is lost then. */
  read(key: string): Promise<OpenedRecord<T> | undefined>;
  /** The text to store under `key`. */
  seal(key: string, value: T): Promise<string>;
}

export interface SealedJsonDeps<T> {
  kv: Pick<Kv, "get">;
  seal: Sealer;
  schema: z.ZodType<T>;
  logger: Logger;
}

export function createSealedJson<T>(deps: SealedJsonDeps<T>): SealedJson<T> {
  const { kv, seal, schema, logger } = deps;
  return {
    read: async (key) => {
      const entry = await kv.get(key);
      if (entry === undefined) return undefined;
      try {
        const value = schema.parse(JSON.parse(await seal.open(key, entry.value)));
        return { value, sealed: entry.value, expiresAt: entry.expiresAt };
      } catch (error) {
        if (!(error instanceof SealError)) throw error;
        logger.error({ err: error, key }, "a stored Taiga credential cannot be opened");
        return undefined;
      }
    },
    seal: (key, value) => seal.seal(key, JSON.stringify(value)),
  };
}
