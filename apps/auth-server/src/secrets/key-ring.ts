import { type Clock, createOutageLog, type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Broadcast } from "@taiga-mcp/store";
import { createRingTopic } from "../storage/topics.ts";
import type { RootKeys } from "./root-keys.ts";
import { STALE_SECONDS, toUse } from "./ring.ts";
import type { RingRecord, StoredRing } from "./ring-record.ts";

/** How often the ring is read, in addition to reads after a broadcast. */
const READ_EVERY_MS = 20_000;

/** How often the read is retried while it fails. */
const RETRY_MS = 1_000;

/** The root keys of this process, kept up to date with those in the store. */
export interface KeyRing extends RootKeys {
  close(): Promise<void>;
}

export interface KeyRingDeps {
  record: RingRecord;
  broadcast: Pick<Broadcast, "publish" | "subscribe">;
  clock: Clock;
  logger: Logger;
}

/**
 * Reads the key ring and follows its changes. When the store does not answer yet, the ring is read as
 * soon as it does.
 * @throws {ConfigurationError} when no master key opens the ring.
 */
export async function openKeyRing(deps: KeyRingDeps): Promise<KeyRing> {
  const { record, broadcast, clock, logger } = deps;
  let known: StoredRing | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOpen = false;
  let closed = false;
  const log = createReadingLog(logger);

  async function read(): Promise<void> {
    const from = clock();
    let stored = await record.read(known);
    // Once per process only, because MASTER_KEY changes with a restart. At each read, replicas that
    // are restarted one by one would reseal the ring in turn.
    if (known === undefined && !record.isSealedForAll(stored)) {
      if (await record.write(stored, stored.ring)) {
        logger.info("key ring resealed with the current MASTER_KEY list");
      }
      stored = await record.read();
    }
    known = stored;
    readAt = from;
  }

  async function readAndPlan(): Promise<void> {
    clearTimeout(timer);
    let nextMs = RETRY_MS;
    try {
      await read();
      log.succeeded();
      nextMs = READ_EVERY_MS;
    } catch (error) {
      // An error that prevents the start is reported by main.
      if (isOpen || error instanceof UnavailableError) log.failed(error);
      throw error;
    } finally {
      reading = undefined;
      if (!closed) timer = setTimeout(follow, nextMs).unref();
    }
  }

  const refreshOnce = (): Promise<void> => (reading ??= readAndPlan());

  /** Reads in the background: failures are logged and retried. */
  const follow = (): void => void refreshOnce().catch(() => undefined);

  /** Reads again after a read in progress, which may return the ring from before the change. */
  function readOnceMore(): void {
    if (reading === undefined) follow();
    else reading.then(follow, follow);
  }

  const subscription = createRingTopic(broadcast).subscribe({
    message: readOnceMore,
    // A change may have been missed.
    restored: () => {
      if (known !== undefined) readOnceMore();
    },
    lost: () => undefined,
  });

  const close = async (): Promise<void> => {
    closed = true;
    clearTimeout(timer);
    await subscription.close();
    await reading?.catch(() => undefined);
  };

  try {
    await refreshOnce();
  } catch (error) {
    if (!(error instanceof UnavailableError)) {
      await close();
      throw error;
    }
  }

  isOpen = true;

  return {
    current: () => {
      if (known === undefined) throw new UnavailableError("The key ring has not been read yet.");
      return toUse(known.ring, clock());
    },
    isFresh: () => clock() - readAt <= STALE_SECONDS,
    refresh: async () => {
      try {
        await refreshOnce();
      } catch (cause) {
        if (cause instanceof UnavailableError) throw cause;
        throw new UnavailableError("The key ring cannot be read right now.", { cause });
      }
    },
    close,
  };
}

/** Logs once for each new reason why the ring cannot be read, and once when it can be read again. */
function createReadingLog(logger: Logger) {
  const say = { lost: "key ring read failed", back: "key ring readable again" };
  const outages = createOutageLog(logger, say);
  let reason: unknown;
  return {
    failed: (error: unknown): void => {
      if (error instanceof UnavailableError) return outages.failed(error);
      const { message } = error as Error;
      if (message !== reason) logger.error({ err: error }, say.lost);
      reason = message;
    },
    succeeded: (): void => {
      if (!outages.recovered() && reason !== undefined) logger.info(say.back);
      reason = undefined;
    },
  };
}
