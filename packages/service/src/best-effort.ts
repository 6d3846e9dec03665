import { UnavailableError } from "./errors.ts";
import type { Logger } from "./logger.ts";
import { logFailure } from "./outages.ts";

/**
 * Does something that may fail in an outage without harm: logs a warning then, unless it follows from a known outage, and goes on. Any
 * other failure is a bug and passes.
 *
 * @param message what failed and what follows, such as "deferred delete failed; record will expire".
 * @param details further fields of the log record.
 * @returns whether the action succeeded.
 */
export async function bestEffort(
  action: () => Promise<unknown>,
  logger: Pick<Logger, "error" | "warn" | "info" | "debug"> | undefined,
  message: string,
  details: Record<string, unknown> = {},
): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    if (logger !== undefined) logFailure(logger, "warn", { err: error, ...details }, message);
    return false;
  }
}
