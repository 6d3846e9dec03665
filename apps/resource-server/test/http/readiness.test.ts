import { expect, it, onTestFinished } from "vitest";
import { startHarness } from "../support/harness.ts";

// @rule STORE-12
it("says at /readyz that the store is set up to lose entries, and stays ready", async () => {
  const inspect = async () => ({ weaknesses: ["forgets" as const], unknown: [] });
  const rs = await startHarness({ store: { inspect } });
  onTestFinished(() => rs.close());
  const response = await fetch(`${rs.url}/readyz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    status: "degraded",
    reasons: [expect.stringContaining("appendonly yes")],
    checks: { store: "ok", auth_server: "ok" },
  });
  expect(rs.log()).toContainEqual(
    expect.objectContaining({ msg: "store weakness", weaknesses: ["forgets"] }),
  );
});
