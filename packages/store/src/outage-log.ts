import type { Logger } from "@taiga-mcp/service";
import { toLoggable } from "./failure.ts";

export interface OutageLog {
  failed(error: unknown): void;
  recovered(): void;
}

/** One line when something is lost and one when it is back, however often it is tried meanwhile. */
export function createOutageLog(
  logger: Logger | undefined,
  say: { lost: string; back: string },
): OutageLog {
  let lost = false;
  return {
    failed: (error) => {
      if (!lost) logger?.warn({ err: toLoggable(error) }, say.lost);
      lost = true;
    },
    recovered: () => {
      if (lost) logger?.info(say.back);
      lost = false;
    },
  };
}
