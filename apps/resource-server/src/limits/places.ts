export interface PlacesOptions {
  /** How many may run at once for one key. */
  parallel: number;
  /** How many more may wait for one key, and for how long. */
  waiting: number;
  maxWaitMs: number;
}

/** Limits how much runs at the same time, separately for each key. Counts in this process. */
export interface Places {
  /**
   * Waits for a place, in order of arrival.
   * @returns a function that frees the place; `undefined` if there was none in time, or the signal
   *   was aborted.
   */
  enter(key: string, signal: AbortSignal): Promise<(() => void) | undefined>;
}

interface Room {
  running: number;
  line: Set<() => void>;
}

export function createPlaces({ parallel, waiting, maxWaitMs }: PlacesOptions): Places {
  /** Only keys for which something runs. */
  const rooms = new Map<string, Room>();

  const leave = (key: string, room: Room) => (): void => {
    const [next] = room.line;
    // The place passes to the next in line, so that a newcomer cannot overtake it.
    if (next !== undefined) return next();
    room.running -= 1;
    if (room.running === 0) rooms.delete(key);
  };

  /** @returns whether the place came in time. */
  const queue = (room: Room, signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const end = (isInside: boolean) => (): void => {
        room.line.delete(enter);
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
        resolve(isInside);
      };
      const enter = end(true);
      const giveUp = end(false);
      const timer = setTimeout(giveUp, maxWaitMs);
      signal.addEventListener("abort", giveUp, { once: true });
      room.line.add(enter);
    });

  return {
    enter: async (key, signal) => {
      const room = rooms.get(key) ?? { running: 0, line: new Set() };
      if (room.running >= parallel) {
        if (signal.aborted || room.line.size >= waiting) return undefined;
        return (await queue(room, signal)) ? leave(key, room) : undefined;
      }
      rooms.set(key, room);
      room.running += 1;
      return leave(key, room);
    },
  };
}
