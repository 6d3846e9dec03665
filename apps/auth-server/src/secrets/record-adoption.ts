import { bestEffort, type Logger } from "@taiga-mcp/service";
import { type Kv, readSigned, type RecordKeys, toSigned } from "@taiga-mcp/store";

/** How long to wait before the next try while the store does not answer. */
const RETRY_MS = 10_000;

export interface RecordAdoptionDeps {
  /** The store itself: with the MACs in its texts. */
  kv: Pick<Kv, "scan" | "get" | "compareAndSet">;
  keys: RecordKeys;
  isSigned: (name: string) => boolean;
  logger: Logger;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Gives a MAC to all records that an earlier version wrote without one. */
export interface RecordAdoption {
  /** Begins in the background; repeats until it has seen the whole store. */
  start(): void;
  close(): void;
}

/**
 * For one upgrade, while ADOPT_UNSIGNED_RECORDS is true. Safe on several replicas at once: each
 * record is written only over exactly what was read.
 */
export function createRecordAdoption(deps: RecordAdoptionDeps): RecordAdoption {
  const { kv, keys, isSigned, logger, sleep } = deps;
  const stopping = new AbortController();

  async function adoptAll(): Promise<void> {
    let adopted = 0;
    for await (const name of kv.scan("")) {
      if (!isSigned(name) || stopping.signal.aborted) continue;
      const entry = await kv.get(name);
      if (entry === undefined || readSigned(entry.value) !== undefined) continue;
      const [key] = await keys.current();
      if (await kv.compareAndSet(name, entry.value, toSigned(name, entry.value, key))) adopted += 1;
    }
    logger.warn({ adopted }, "unsigned records adopted; remove ADOPT_UNSIGNED_RECORDS now");
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (await bestEffort(adoptAll, logger, "unsigned record adoption failed")) return;
      await sleep(RETRY_MS, stopping.signal);
    }
  }

  return {
    start: () => void run(),
    close: () => stopping.abort(),
  };
}
