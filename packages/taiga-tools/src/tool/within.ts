import { TaigaError } from "@taiga-mcp/taiga-client";

/**
 * Waits for a promise with a timeout. The work behind the promise is not aborted.
 * @throws {TaigaError} `unavailable` when it takes longer than `timeoutMs`.
 */
export async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new TaigaError("unavailable", "Taiga did not answer in time.")),
    timeoutMs,
  );
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
