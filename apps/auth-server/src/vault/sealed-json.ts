import type { Logger } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import type { z } from "zod";
import { type Sealer, SealError } from "../secrets/seal.ts";

/** A record as it was read. */
export interface OpenedRecord<T> {
  value: T;
  /** The stored text, for compare-and-set. */
  sealed: string;
}

/** Records of one kind, stored as sealed JSON. Each is bound to its storage key. */
export interface SealedJson<T> {
  /** @returns `undefined` when the record is absent, or no key opens it: its login is lost then. */
  read(key: string): Promise<OpenedRecord<T> | undefined>;
  /**
   * Opens a text that was read from `key`.
   * @returns `undefined` when no key opens it.
   */
  open(key: string, sealed: string): Promise<T | undefined>;
  /** @returns the text to store under `key`; a different one at each call. */
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

  async function open(key: string, sealed: string): Promise<T | undefined> {
    try {
      return schema.parse(JSON.parse(await seal.open(key, sealed)));
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      logger.error({ err: error, key }, "sealed record cannot be opened");
      return undefined;
    }
  }

  return {
    open,
    read: async (key) => {
      const entry = await kv.get(key);
      const value = entry && (await open(key, entry.value));
      return value === undefined || entry === undefined
        ? undefined
        : { value, sealed: entry.value };
    },
    seal: (key, value) => seal.seal(key, JSON.stringify(value)),
  };
}
