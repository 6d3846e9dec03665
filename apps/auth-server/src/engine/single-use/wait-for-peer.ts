import { UnavailableError } from "@taiga-mcp/service";

/** A request that takes longer than this is taken for dead, and the same client may try again. */
const TAKEOVER_SECONDS = 5;

const POLL_MS = 25;
const POLL_LIMIT = 320;

/** Whether what a request began at `startedAt` must be left to it. Both in epoch seconds. */
export const isAtWork = (startedAt: number, now: number): boolean =>
  now <= startedAt + TAKEOVER_SECONDS;

/**
 * Looks again and again while another request is at work on the same thing.
 * @param look its result, or `undefined` to look again.
 * @throws {UnavailableError} when the other request neither ends nor dies.
 */
export async function waitForPeer<Result>(
  look: () => Promise<Result | undefined>,
  sleep: (ms: number) => Promise<void>,
): Promise<Result> {
  for (let polls = 0; polls < POLL_LIMIT; polls += 1) {
    const result = await look();
    if (result !== undefined) return result;
    await sleep(POLL_MS);
  }
  throw new UnavailableError("Another request of the same kind is still being answered.");
}
