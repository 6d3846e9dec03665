import { vi } from "vitest";

/** Stops the wall clock; timers and sockets go on. Undone by `vi.useRealTimers()`. */
export const stopClock = (): void => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-20T12:00:00Z") });
};

export const advance = (seconds: number): void => {
  vi.setSystemTime(Date.now() + seconds * 1000);
};
