import { describe, expect, it } from "vitest";
import { bestEffort } from "../src/best-effort.ts";
import { UnavailableError } from "../src/errors.ts";
import { createLogger } from "../src/logger.ts";
import { createLogLines } from "./support/log-lines.ts";

function createLog() {
  const log = createLogLines();
  const { destination } = log;
  return { log, logger: createLogger({ name: "test", level: "debug", destination }) };
}

describe("bestEffort", () => {
  it("is true and logs nothing when the action succeeds", async () => {
    const { log, logger } = createLog();
    expect(await bestEffort(async () => undefined, logger, "cleanup failed")).toBe(true);
    expect(log.lines()).toEqual([]);
  });

  it("logs an outage as a warning with its details, and goes on", async () => {
    const { log, logger } = createLog();
    const action = () => Promise.reject(new UnavailableError("The store does not answer."));
    expect(await bestEffort(action, logger, "cleanup failed", { gid: "g1" })).toBe(false);
    expect(log.lines()).toMatchObject([
      {
        level: 40,
        msg: "cleanup failed",
        gid: "g1",
        err: { message: "The store does not answer." },
      },
    ]);
  });

  it("lets a bug through", async () => {
    const { log, logger } = createLog();
    const action = () => Promise.reject(new TypeError("a bug"));
    await expect(bestEffort(action, logger, "cleanup failed")).rejects.toThrow("a bug");
    expect(log.lines()).toEqual([]);
  });
});
