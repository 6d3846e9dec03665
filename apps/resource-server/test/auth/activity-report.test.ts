import { createLogger, UnavailableError } from "@taiga-mcp/service";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  type ActivityReport,
  createActivityReport,
  type ReportedWrite,
} from "../../src/auth/activity-report.ts";

let batches: number[][];
let isDown: boolean;
let report: ActivityReport;

beforeEach(() => {
  vi.useFakeTimers();
  batches = [];
  isDown = false;
  report = createActivityReport({
    send: async (writes) => {
      if (isDown) throw new UnavailableError("down");
      batches.push(writes.map(({ at }) => at));
    },
    logger: createLogger({ name: "test", level: "silent" }),
  });
});
afterEach(() => vi.useRealTimers());

const toWrite = (at: number): ReportedWrite => ({
  gid: "gid",
  at,
  tool: "update_items",
  object: "apollo #1",
  outcome: "ok",
});

it("sends what was written within a second, together", async () => {
  report.add(toWrite(1));
  report.add(toWrite(2));
  expect(batches).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(batches).toEqual([[1, 2]]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(batches).toHaveLength(1);
});

// @rule ACC-9
it("keeps it during an outage, the newest thousand, in order", async () => {
  isDown = true;
  for (let at = 0; at < 1_200; at += 1) report.add(toWrite(at));
  await vi.advanceTimersByTimeAsync(3_000);
  isDown = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(batches.every((batch) => batch.length <= 100)).toBe(true);
  expect(batches.flat()).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 200));
});

it("sends what is waiting when it closes, and nothing later", async () => {
  report.add(toWrite(1));
  await report.close();
  report.add(toWrite(2));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(batches).toEqual([[1]]);
});
