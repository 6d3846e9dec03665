export interface ParallelLimitOptions {
  /** For one key. */
  perKey: number;
  /** For all keys together; without it, unlimited. */
  total?: number;
}

/** Bounds how much of something runs at the same time. */
export interface ParallelLimit {
  /**
   * Occupies a place.
   * @returns a function that frees the place and does nothing when called again; `undefined` when
   *   there is no place.
   */
  enter(key: string): (() => void) | undefined;
}

/**
 * Counts in this process. It refuses instead of queueing, so that a flood costs neither memory nor
 * time, and a single key can never occupy all places.
 */
export function createParallelLimit({
  perKey,
  total = Number.POSITIVE_INFINITY,
}: ParallelLimitOptions): ParallelLimit {
  const running = new Map<string, number>();
  let sum = 0;

  function leave(key: string): void {
    const left = (running.get(key) ?? 1) - 1;
    if (left === 0) running.delete(key);
    else running.set(key, left);
    sum -= 1;
  }

  return {
    enter: (key) => {
      const count = running.get(key) ?? 0;
      if (sum >= total || count >= perKey) return undefined;
      running.set(key, count + 1);
      sum += 1;
      let isInside = true;
      return () => {
        if (isInside) leave(key);
        isInside = false;
      };
    },
  };
}
