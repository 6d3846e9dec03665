import { type Clock, type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Broadcast } from "@taiga-mcp/store";
import type { RootKeys } from "./root-keys.ts";
import { STALE_SECONDS, toUse } from "./ring.ts";
import type { RingRecord, StoredRing } from "./ring-record.ts";

/** What is broadcast when the ring was changed. */
export const RING_CHANGED = "the key ring was changed";

/** How often the ring is read, whether or not a broadcast said that it has changed. */
const READ_EVERY_MS = 20_000;

/** How often while it cannot be read. */
const RETRY_MS = 1_000;

/** The root keys of this process, which follow those in the store. */
export interface KeyRing extends RootKeys {
  close(): Promise<void>;
}

export interface KeyRingDeps {
  record: RingRecord;
  broadcast: Pick<Broadcast, "subscribe">;
  clock: Clock;
  logger: Logger;
}

/**
 * Reads the ring and follows it. A store that does not answer yet is no error: it is read as soon as
 * there is one that does.
 * @throws {ConfigurationError} when no master key opens it.
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
    // MASTER_KEY changes with a restart only. Were this done at each reading, replicas that are
    // restarted one by one would seal it over and over.
    if (known === undefined && !record.isSealedForAll(stored)) {
      if (await record.write(stored, stored.ring)) {
        logger.info("the key ring is sealed with the keys in MASTER_KEY now, and with no other");
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
      // What ends the start is said there.
      if (isOpen || error instanceof UnavailableError) log.failed(error);
      throw error;
    } finally {
      reading = undefined;
      if (!closed) timer = setTimeout(follow, nextMs).unref();
    }
  }

  const refreshOnce = (): Promise<void> => (reading ??= readAndPlan());

  /** What fails is logged, and tried again. */
  const follow = (): void => void refreshOnce().catch(() => undefined);

  /** What is being read just now may be what was there before. */
  function readOnceMore(): void {
    if (reading === undefined) follow();
    else reading.then(follow, follow);
  }

  const subscription = broadcast.subscribe({
    message: (text) => {
      if (text === RING_CHANGED) readOnceMore();
    },
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
      if (known === undefined) throw new UnavailableError("The keys could not be read yet.");
      return toUse(known.ring, clock());
    },
    isFresh: () => clock() - readAt <= STALE_SECONDS,
    refresh: async () => {
      try {
        await refreshOnce();
      } catch (cause) {
        if (cause instanceof UnavailableError) throw cause;
        throw new UnavailableError("The keys cannot be read right now.", { cause });
      }
    },
    close,
  };
}

/** One line when the ring cannot be read any more, or for another reason, and one when it can. */
function createReadingLog(logger: Logger) {
  let reason: unknown;
  return {
    failed: (error: unknown): void => {
      const { message } = error as Error;
      if (message === reason) return;
      reason = message;
      if (error instanceof UnavailableError)
        logger.warn({ err: error }, "the key ring cannot be read");
      else logger.error({ err: error }, "the key ring cannot be read");
    },
    succeeded: (): void => {
      if (reason !== undefined) logger.info("the key ring can be read again");
      reason = undefined;
    },
  };
}
