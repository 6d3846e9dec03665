import type { Logger } from "@taiga-mcp/service";
import { toLoggableError } from "./store-errors.ts";

export interface OutageLog {
  failed(error: unknown): void;
  recovered(): void;
}

/** Logs the beginning and the end of an outage once each, however many attempts fail meanwhile. */
export function createOutageLog(
  logger: Logger | undefined,
  say: { lost: string; back: string },
): OutageLog {
  let lost = false;
  return {
    failed: (error) => {
      if (!lost) logger?.warn({ err: toLoggableError(error) }, say.lost);
      lost = true;
    },
    recovered: () => {
      if (lost) logger?.info(say.back);
      lost = false;
    },
  };
}
