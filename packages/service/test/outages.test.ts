import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogger, createOutageLog, logFailure, UnavailableError } from "../src/index.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DOWN = new UnavailableError("down");

function createLog() {
  const lines: { level: number; msg: string; failures?: number; seconds?: number }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const logger = createLogger({ name: "test", level: "info", destination });
  return { logger, lines, messages: () => lines.map(({ msg }) => msg) };
}

describe("an outage", () => {
  // @rule START-6
  it("is one line at its start and one at its end, of the same level, however many requests fail", () => {
    const { logger, lines } = createLog();
    const outage = createOutageLog(logger, { lost: "lost", back: "back" });
    for (let request = 0; request < 1_000; request++) {
      outage.failed(DOWN);
      logFailure(logger, "error", { err: DOWN }, "request failed");
      vi.advanceTimersByTime(10);
    }
    outage.recovered();
    outage.recovered();
    expect(lines).toMatchObject([
      { level: 40, msg: "lost" },
      { level: 40, msg: "back", failures: 1_000, seconds: 10 },
    ]);
  });

  it("that causes another is the only one in the log", () => {
    const { logger, messages } = createLog();
    const store = createOutageLog(logger, { lost: "store lost", back: "store back" });
    const keys = createOutageLog(logger, { lost: "keys lost", back: "keys back" });
    store.failed(DOWN);
    keys.failed(DOWN);
    store.recovered();
    keys.failed(DOWN);
    keys.recovered();
    expect(messages()).toEqual(["store lost", "store back"]);
  });

  it("that goes on after the first has ended is reported then", () => {
    const { logger, messages } = createLog();
    const store = createOutageLog(logger, { lost: "store lost", back: "store back" });
    const taiga = createOutageLog(logger, { lost: "Taiga lost", back: "Taiga back" });
    store.failed(DOWN);
    taiga.failed(DOWN);
    store.recovered();
    vi.advanceTimersByTime(6_000);
    taiga.failed(DOWN);
    taiga.recovered();
    expect(messages()).toEqual(["store lost", "store back", "Taiga lost", "Taiga back"]);
  });

  it("of something that answers now and then is over when nothing has failed for a while", () => {
    const { logger, messages } = createLog();
    const taiga = createOutageLog(logger, { lost: "lost", back: "back", quietMs: 3_000 });
    for (let request = 0; request < 100; request++) {
      taiga.failed(DOWN);
      taiga.recovered();
      vi.advanceTimersByTime(100);
    }
    expect(messages()).toEqual(["lost"]);
    vi.advanceTimersByTime(3_000);
    expect(messages()).toEqual(["lost", "back"]);
  });
});

describe("a failure", () => {
  it("is logged with its level when the log has no outage that explains it", () => {
    const { logger, messages } = createLog();
    createOutageLog(logger, { lost: "lost", back: "back" });
    logFailure(logger, "error", { err: DOWN }, "while starting");
    vi.advanceTimersByTime(6_000);
    logFailure(logger, "error", { err: DOWN }, "request failed");
    expect(messages()).toEqual(["request failed"]);
  });

  it("during an outage is logged with its level when it is no outage", () => {
    const { logger, messages } = createLog();
    createOutageLog(logger, { lost: "lost", back: "back" }).failed(DOWN);
    logFailure(logger, "error", { err: new TypeError("bug") }, "request failed");
    expect(messages()).toEqual(["lost", "request failed"]);
  });

  it("of a request is known by the logger of the request, a child", () => {
    const { logger, messages } = createLog();
    createOutageLog(logger, { lost: "lost", back: "back" }).failed(DOWN);
    const child = logger.child({ requestId: "1" });
    const cause = new UnavailableError("down");
    logFailure(child, "error", { err: new Error("engine", { cause }) }, "request failed");
    expect(messages()).toEqual(["lost"]);
  });
});
