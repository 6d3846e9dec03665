import { TaigaError } from "./errors.ts";

/** Lets a fixed number of tasks run at once; the others wait in line. */
export interface Limiter {
  /** @throws {TaigaError} `aborted` or, after too long a wait, `unavailable`; the task was not run. */
  run<T>(task: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
}

/** First come, first served. */
export function createLimiter(limits: { maxParallel: number; maxWaitMs: number }): Limiter {
  let running = 0;
  // A set keeps the order of arrival and allows removal of aborted waiters from the middle.
  const line = new Set<() => void>();

  const takeTurn = async (signal: AbortSignal | undefined): Promise<void> => {
    if (signal?.aborted === true) throw toAborted(signal);
    if (running < limits.maxParallel) {
      running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (then: () => void): void => {
        line.delete(enter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        then();
      };
      const enter = (): void => leave(resolve);
      const abort = (): void => leave(() => reject(toAborted(signal)));
      const timer = setTimeout(() => leave(() => reject(overloaded())), limits.maxWaitMs);
      signal?.addEventListener("abort", abort, { once: true });
      line.add(enter);
    });
  };

  const endTurn = (): void => {
    const [next] = line;
    // The slot passes straight to the next in line, so a new caller cannot overtake it.
    if (next === undefined) running -= 1;
    else next();
  };

  return {
    async run(task, signal) {
      await takeTurn(signal);
      try {
        return await task();
      } finally {
        endTurn();
      }
    },
  };
}

/** A time limit of the caller is over, or the caller has given up. */
const toAborted = (signal: AbortSignal | undefined): TaigaError =>
  isTimeOut(signal) ? overloaded() : new TaigaError("aborted", "The call to Taiga was cancelled");

/** Whether a signal was aborted by a time limit: `AbortSignal.timeout`. */
export const isTimeOut = (signal: AbortSignal | undefined): boolean =>
  signal?.reason instanceof DOMException && signal.reason.name === "TimeoutError";

const overloaded = (): TaigaError =>
  new TaigaError("unavailable", "Too many requests to Taiga are under way; try again later");
