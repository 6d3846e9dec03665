import type { Clock } from "@taiga-mcp/service";

/** A clock that stands still until a test moves it. */
export function createFakeClock(start = 1_800_000_000): {
  clock: Clock;
  now: () => Promise<number>;
  advanceTo: (time: number) => Promise<void>;
} {
  let time = start;
  return {
    clock: () => time,
    now: async () => time,
    advanceTo: async (later) => {
      time = Math.max(time, later);
    },
  };
}
