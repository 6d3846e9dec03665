import { logFailure, type Logger } from "@taiga-mcp/service";

/** How long a write waits for others to be sent with it. */
const DELAY_MS = 1_000;

/** The authorization server accepts this many at once. */
const MAX_BATCH = 100;

/** During an outage the oldest beyond this many are dropped. */
const MAX_WAITING = 1_000;

/** A call of a tool that writes. */
export interface ReportedWrite {
  /** See `Grant.grantId`. */
  gid: string;
  /** Epoch seconds. */
  at: number;
  tool: string;
  /** Where it wrote; see `toCallTarget`. */
  object: string;
  /** `ok`, or the code of the failure. */
  outcome: string;
}

/** Reports what tools write to the authorization server, which shows it to the users. */
export interface ActivityReport {
  /** Sends it later, in the background of the call. */
  add(write: ReportedWrite): void;
  /** Tries once more to send what is waiting. */
  close(): Promise<void>;
}

export interface ActivityReportDeps {
  send: (writes: readonly ReportedWrite[]) => Promise<void>;
  logger: Logger;
}

export function createActivityReport({ send, logger }: ActivityReportDeps): ActivityReport {
  let waiting: ReportedWrite[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function schedule(): void {
    if (isClosed || waiting.length === 0) return;
    timer ??= setTimeout(() => {
      void flush();
    }, DELAY_MS).unref();
  }

  async function flush(): Promise<void> {
    const batch = waiting.slice(0, MAX_BATCH);
    waiting = waiting.slice(MAX_BATCH);
    try {
      if (batch.length > 0) await send(batch);
    } catch (error) {
      logFailure(logger, "warn", { err: error }, "activity report failed; will retry");
      waiting = [...batch, ...waiting].slice(-MAX_WAITING);
    }
    timer = undefined;
    schedule();
  }

  return {
    add: (write) => {
      waiting.push(write);
      if (waiting.length > MAX_WAITING) waiting.shift();
      schedule();
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await flush();
    },
  };
}
