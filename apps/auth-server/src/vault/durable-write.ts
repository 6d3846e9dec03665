import { bestEffort, type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";

/** Pauses between the attempts that the caller waits for, in milliseconds. */
const DELAYS_MS = [200, 400, 800];

/** Pause between the background attempts that follow, and for how long they go on. */
const RETRY_MS = 1_000;
const GIVE_UP_AFTER_MS = 3_600_000;

export interface DurableWriteDeps {
  kv: Pick<Kv, "replace">;
  logger: Logger;
  sleep: (ms: number) => Promise<unknown>;
}

/** Writes records that cannot be fetched again: Taiga issues each token pair once. */
export interface DurableWrite {
  /**
   * Overwrites an existing record. Retries for a few seconds while the caller waits, then for an
   * hour in the background, so that an outage of the store does not cost a login.
   * @returns false when the record was deleted meanwhile; it stays deleted.
   * @throws {UnavailableError} when it could not be written yet.
   */
  write(key: string, value: string): Promise<boolean>;
  /**
   * Writes a pending value of this key now. Call it before reading the key: what is stored may be
   * out of date.
   * @throws {UnavailableError} when the write fails.
   */
  catchUp(key: string): Promise<void>;
}

export function createDurableWrite({ kv, logger, sleep }: DurableWriteDeps): DurableWrite {
  /** Values that are not written yet, by key. */
  const pending = new Map<string, string>();

  async function writeNow(key: string, value: string): Promise<boolean> {
    const isStored = await kv.replace(key, value);
    if (pending.get(key) === value) pending.delete(key);
    return isStored;
  }

  /** @returns `undefined` when the store does not answer. */
  async function tryOnce(key: string, value: string): Promise<boolean | undefined> {
    let isStored: boolean | undefined;
    const attempt = async (): Promise<void> => {
      isStored = await writeNow(key, value);
    };
    await bestEffort(attempt, logger, "renewed Taiga credential not stored yet; retrying");
    return isStored;
  }

  async function keepTrying(key: string, value: string): Promise<void> {
    pending.set(key, value);
    for (let waitedMs = 0; waitedMs < GIVE_UP_AFTER_MS; waitedMs += RETRY_MS) {
      await sleep(RETRY_MS);
      if (pending.get(key) !== value || (await tryOnce(key, value)) !== undefined) return;
    }
    pending.delete(key);
    logger.error("renewed Taiga credential lost; its user must log in again");
  }

  return {
    write: async (key, value) => {
      for (const waitMs of DELAYS_MS) {
        const isStored = await tryOnce(key, value);
        if (isStored !== undefined) return isStored;
        await sleep(waitMs);
      }
      try {
        return await writeNow(key, value);
      } catch (error) {
        if (error instanceof UnavailableError) {
          keepTrying(key, value).catch((bug: unknown) =>
            logger.error({ err: bug }, "background write failed"),
          );
        }
        throw error;
      }
    },

    catchUp: async (key) => {
      const value = pending.get(key);
      if (value !== undefined) await writeNow(key, value);
    },
  };
}
