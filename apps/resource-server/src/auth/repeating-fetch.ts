import { setTimeout as delay } from "node:timers/promises";

/** The connection was refused, or ended before a response began. */
const LOST_CONNECTION = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/**
 * The other connections to a process that died end at the same time. After this pause they are no
 * longer in the pool, so the second attempt does not use one of them.
 */
const PAUSE_MS = 25;

/**
 * A `fetch` for requests that may be executed twice. If the connection ends before a response begins,
 * it sends the request once more, because another replica may answer. A response of any status, a
 * broken body and an aborted signal are final.
 *
 * @param fetch is called with `init.signal` twice, which therefore limits both attempts together.
 *   `init.body` must not be a stream.
 */
export const createRepeatingFetch =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (url, init) => {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      await delay(PAUSE_MS, undefined, init?.signal ? { signal: init.signal } : {});
      return await fetch(url, init);
    }
  };

/** `fetch` rejects with a `TypeError` whose cause has the code. */
function isLostConnection(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && LOST_CONNECTION.has(String(cause.code));
}
