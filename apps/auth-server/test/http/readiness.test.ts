import { createSqliteKv } from "@taiga-mcp/store";
import { systemClock } from "@taiga-mcp/service";
import { expect, it, onTestFinished } from "vitest";
import { request } from "../support/client.ts";
import { startSystem } from "../support/system.ts";

// @rule STORE-12
it("says at /readyz and in the metrics that the store is set up to lose logins, and stays ready", async () => {
  const kv = {
    ...createSqliteKv({ file: ":memory:", clock: systemClock }),
    inspect: async () => ({ weaknesses: ["evicts" as const], unknown: ["forgets" as const] }),
  };
  const system = await startSystem({ kv });
  onTestFinished(() => system.close());
  const answer = await request(`${system.privateUrl}/readyz`);
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({
    status: "degraded",
    reasons: [expect.stringContaining("maxmemory-policy noeviction")],
    unknown: ["forgets"],
  });
  const { text } = await request(`${system.privateUrl}/metrics`);
  expect(text).toMatch(/^taiga_mcp_store_weakness\{weakness="evicts",.*\} 1$/m);
  expect(text).not.toContain('weakness="forgets"');
});
