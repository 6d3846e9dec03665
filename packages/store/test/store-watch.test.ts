import { createLogger, createMetrics, UnavailableError } from "@taiga-mcp/service";
import { expect, it, onTestFinished, vi } from "vitest";
import type { StoreCondition } from "../src/kv.ts";
import { createStoreWatch, type StoreWatch } from "../src/store-watch.ts";

const GOOD: StoreCondition = { weaknesses: [], unknown: [] };
const EVICTS: StoreCondition = { weaknesses: ["evicts"], unknown: [] };
const MINUTE_MS = 60_000;

/** A watch of a store whose condition a test changes. */
async function watch(first: StoreCondition | Error) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let condition = first;
  const lines: string[] = [];
  const gauges = new Map<string, number | undefined>();
  const storeWatch: StoreWatch = createStoreWatch({
    store: {
      inspect: async () => {
        if (condition instanceof Error) throw condition;
        return condition;
      },
    },
    logger: createLogger({
      name: "test",
      level: "info",
      destination: { write: (line) => void lines.push(line) },
    }),
    metrics: { gauge: () => ({ set: (label, value) => void gauges.set(label, value) }) },
  });
  onTestFinished(() => storeWatch.close());
  await vi.advanceTimersByTimeAsync(0);
  return {
    storeWatch,
    gauges,
    messages: () => lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    become: async (next: StoreCondition | Error) => {
      condition = next;
      await vi.advanceTimersByTimeAsync(MINUTE_MS);
    },
  };
}

// @rule STORE-12
it("sees at the start that a store loses entries, and within a minute that it does not any more", async () => {
  const { storeWatch, gauges, messages, become } = await watch(EVICTS);
  expect(storeWatch.readiness()).toEqual({
    status: "degraded",
    reasons: [expect.stringContaining("maxmemory-policy noeviction")],
  });
  expect(gauges).toEqual(
    new Map([
      ["forgets", 0],
      ["evicts", 1],
    ]),
  );
  expect(messages()).toEqual(["store weakness"]);

  await become(GOOD);
  expect(storeWatch.readiness()).toEqual({ status: "ok" });
  expect(gauges.get("evicts")).toBe(0);
  expect(messages()).toEqual(["store weakness", "store weakness resolved"]);
});

// @rule STORE-12
it("sees within a minute that a store has come to lose entries", async () => {
  const { storeWatch, messages, become } = await watch(GOOD);
  expect(storeWatch.readiness()).toEqual({ status: "ok" });
  await become({ weaknesses: ["forgets"], unknown: [] });
  expect(storeWatch.readiness()).toMatchObject({
    status: "degraded",
    reasons: [expect.stringContaining("appendonly yes")],
  });
  expect(messages()).toEqual(["store weakness"]);
});

// @rule STORE-12
it("logs a weakness once, and again after a day, because logs are rotated", async () => {
  const { messages } = await watch(EVICTS);
  await vi.advanceTimersByTimeAsync(23 * 60 * MINUTE_MS);
  expect(messages()).toEqual(["store weakness"]);
  await vi.advanceTimersByTimeAsync(2 * 60 * MINUTE_MS);
  expect(messages()).toEqual(["store weakness", "store weakness"]);
});

// @rule STORE-12
it("calls what a store does not tell unknown, neither good nor bad", async () => {
  const { storeWatch, gauges, messages } = await watch({ weaknesses: [], unknown: ["evicts"] });
  expect(storeWatch.readiness()).toEqual({ status: "ok", unknown: ["evicts"] });
  expect(gauges).toEqual(
    new Map([
      ["forgets", 0],
      ["evicts", undefined],
    ]),
  );
  expect(messages()).toEqual(["store does not tell whether it keeps all entries"]);
});

it("keeps what it knows during an outage, which is reported elsewhere", async () => {
  const { storeWatch, messages, become } = await watch(EVICTS);
  await become(new UnavailableError("The store does not answer."));
  expect(storeWatch.readiness().status).toBe("degraded");
  expect(messages()).toEqual(["store weakness"]);
});

it("has a series in the metrics only for what is known", async () => {
  const metrics = createMetrics({ name: "test", toRoute: () => "other" });
  const gauge = metrics.gauge("test_gauge", "A gauge", "weakness");
  const read = async (): Promise<string> => {
    let text = "";
    const res = { set: () => res, type: () => res, send: (body: string) => void (text = body) };
    await metrics.route({} as never, res as never, () => undefined);
    return text;
  };
  gauge.set("evicts", 1);
  expect(await read()).toContain('test_gauge{weakness="evicts",service="test"} 1');
  gauge.set("evicts", undefined);
  expect(await read()).not.toContain("evicts");
});
