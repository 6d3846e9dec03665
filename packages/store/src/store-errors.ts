import { ConfigurationError, UnavailableError } from "@taiga-mcp/service";

/**
 * A store that failed, as callers see it. Whether the call took effect is then unknown.
 * @param cause what went wrong, for the log only.
 */
export const storeFailure = (cause: unknown): UnavailableError =>
  new UnavailableError("The store does not answer. Try again in a few seconds.", { cause });

/** A store that this process has closed already. */
export const storeClosed = (): UnavailableError => new UnavailableError("The store is closed.");

/** What went wrong without ioredis's own fields: they hold the command with keys, values, password. */
export function toLoggableError(error: unknown): Error {
  if (error instanceof ConfigurationError) return error;
  const { name, message } = error as Error;
  return Object.assign(new Error(message), { name });
}
