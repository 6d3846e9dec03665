import { type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";

/** Waits between the tries that the caller waits for, in milliseconds. */
const DELAYS_MS = [200, 400, 800];

/** Between the tries after that, and for how long they go on. */
const RETRY_MS = 1_000;
const GIVE_UP_AFTER_MS = 3_600_000;

export interface DurableWriteDeps {
  kv: Pick<Kv, "replace">;
  logger: Logger;
  sleep: (ms: number) => Promise<unknown>;
}

/** Writes records that cannot be had again: Taiga gives out each pair of tokens once. */
export interface DurableWrite {
  /**
   * Writes over a record that is there. Tries for a few seconds while the caller waits, then for an
   * hour in the background, so that an outage of the store does not cost a login.
   * @returns false when it was deleted meanwhile; it stays so.
   * @throws {UnavailableError} when it could not be written yet.
   */
  write(key: string, value: string): Promise<boolean>;
  /**
   * Writes now what is still to be written under this key: before whoever reads it goes by what is
   * out of date.
   * @throws {UnavailableError} when that fails.
   */
  catchUp(key: string): Promise<void>;
}

export function createDurableWrite({ kv, logger, sleep }: DurableWriteDeps): DurableWrite {
  /** What is still to be written, by key. */
  const waiting = new Map<string, string>();

  async function writeNow(key: string, value: string): Promise<boolean> {
    const isStored = await kv.replace(key, value);
    if (waiting.get(key) === value) waiting.delete(key);
    return isStored;
  }

  /** @returns `undefined` when the store does not answer. */
  async function tryOnce(key: string, value: string): Promise<boolean | undefined> {
    try {
      return await writeNow(key, value);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      logger.warn({ err: error }, "a renewed Taiga credential could not be stored yet");
      return undefined;
    }
  }

  async function keepTrying(key: string, value: string): Promise<void> {
    waiting.set(key, value);
    for (let waitedMs = 0; waitedMs < GIVE_UP_AFTER_MS; waitedMs += RETRY_MS) {
      await sleep(RETRY_MS);
      if (waiting.get(key) !== value || (await tryOnce(key, value)) !== undefined) return;
    }
    waiting.delete(key);
    logger.error("a renewed Taiga credential was given up: its user must log in again");
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
            logger.error({ err: bug }, "a bug of ours"),
          );
        }
        throw error;
      }
    },

    catchUp: async (key) => {
      const value = waiting.get(key);
      if (value !== undefined) await writeNow(key, value);
    },
  };
}
