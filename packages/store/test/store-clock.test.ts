import { createLogger, UnavailableError } from "@taiga-mcp/service";
import { expect, it, onTestFinished, vi } from "vitest";
import { createStoreClock } from "../src/store-clock.ts";

const NOW_MS = Date.parse("2026-11-20T12:00:00Z");
const MINUTE_MS = 60_000;

/** This machine's time, and a store whose clock is another one. */
async function start(storeMinusMachineMs: number | undefined) {
  vi.useFakeTimers({ now: NOW_MS });
  onTestFinished(() => void vi.useRealTimers());
  const state = { offsetMs: storeMinusMachineMs, trueMs: 0, isDown: false, asked: 0 };
  const lines: Record<string, unknown>[] = [];
  const startedAt = performance.now();
  const storeClock = await createStoreClock({
    store: {
      time: async () => {
        state.asked += 1;
        if (state.isDown) throw new UnavailableError("The store does not answer.");
        if (state.offsetMs === undefined) return undefined;
        return NOW_MS + (performance.now() - startedAt) + state.offsetMs;
      },
    },
    logger: createLogger({
      name: "test",
      level: "info",
      destination: { write: (line) => void lines.push(JSON.parse(line)) },
    }),
  });
  onTestFinished(() => storeClock.close());
  return { state, storeClock, lines };
}

const inSeconds = (ms: number): number => Math.floor(ms / 1_000);

// @rule STORE-14
it.each([-60_000, -2_500, 0, 400, 60_000])(
  "shows the time of a store that is %d ms ahead",
  async (offsetMs) => {
    const { storeClock } = await start(offsetMs);
    expect(storeClock.clock()).toBe(inSeconds(NOW_MS + offsetMs));
    await vi.advanceTimersByTimeAsync(10_700);
    expect(storeClock.clock()).toBe(inSeconds(NOW_MS + offsetMs + 10_700));
  },
);

it("goes by this machine's clock on a store that has none of its own, and never asks again", async () => {
  const { state, storeClock } = await start(undefined);
  expect(storeClock.clock()).toBe(inSeconds(NOW_MS));
  await vi.advanceTimersByTimeAsync(5 * MINUTE_MS);
  expect(state.asked).toBe(1);
});

// @rule STORE-14
it("measures again every minute", async () => {
  const { state, storeClock } = await start(0);
  state.offsetMs = 7_000;
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(storeClock.clock()).toBe(inSeconds(NOW_MS + MINUTE_MS + 7_000));
});

// @rule STORE-14
it("is not misled when somebody sets this machine's clock", async () => {
  const { storeClock } = await start(0);
  await vi.advanceTimersByTimeAsync(1_000);
  vi.setSystemTime(NOW_MS + 91_000);
  expect(storeClock.clock()).toBe(inSeconds(NOW_MS + 1_000));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(storeClock.clock()).toBe(inSeconds(NOW_MS + 2_000));
});

it("asks every second until the store answers, and takes this machine's clock meanwhile", async () => {
  const { state, storeClock } = await start(5_000);
  state.isDown = true;
  await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
  // What it knows stays.
  expect(storeClock.clock()).toBe(inSeconds(NOW_MS + 2 * MINUTE_MS + 5_000));
  state.isDown = false;
  state.offsetMs = 9_000;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(storeClock.clock()).toBe(inSeconds(NOW_MS + 2 * MINUTE_MS + 1_000 + 9_000));
});

// @rule STORE-14
it("logs a difference of two seconds or more once, its change, and its end", async () => {
  const { state, lines } = await start(-1_900);
  expect(lines).toEqual([]);
  const seen: unknown[] = [];
  for (const offsetMs of [-60_000, -60_100, -70_000, 0, 0]) {
    state.offsetMs = offsetMs;
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    seen.push(lines.splice(0).map(({ msg, aheadSeconds }) => [msg, aheadSeconds]));
  }
  const differs = "clock differs from the store's; using the store's time";
  expect(seen).toEqual([
    [[differs, 60]],
    [],
    [[differs, 70]],
    [["clock agrees with the store's again", 0]],
    [],
  ]);
});
