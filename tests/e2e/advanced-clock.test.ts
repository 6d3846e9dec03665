// Key retirement and long timers, in services whose clock is advanced by hours.
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runAdmin } from "../support/admin.ts";
import { type McpSession, openSession } from "../support/mcp-session.ts";
import { startSystem, type System } from "../support/system.ts";

const HOUR_SECONDS = 3_600;
const CLOCK = pathToFileURL("tests/support/clock-ahead.mjs").href;

let system: System;
let session: McpSession;
beforeAll(async () => {
  system = await startSystem();
  session = await openSession(system.mcpUrl, { username: "bob" }, { sdk: 2 });
});
afterAll(async () => {
  await session?.close();
  await system?.stop();
});

const restartAhead = (seconds: number): Promise<void> =>
  system.authServer.restart({
    NODE_OPTIONS: `--import=${CLOCK}`,
    CLOCK_AHEAD_SECONDS: `${seconds}`,
  });

async function expectStillLoggedIn(): Promise<void> {
  session.forgetAccessToken();
  expect((await session.call("get_me")).text).toContain("bob");
  expect(session.logins()).toBe(1);
}

const admin = (...args: string[]) => runAdmin(args, system.environment);

/** Ids of the root keys, and how many records each has sealed. */
async function listKeys(): Promise<[id: string, records: number][]> {
  const { stdout } = await admin("keys", "--json");
  const { keys } = JSON.parse(stdout) as { keys: { id: string; records: number }[] };
  return keys.map(({ id, records }) => [id, records]);
}

// @rule KEYS-3
it("an hour after a rotation the older key can be retired without ending any login", async () => {
  const old = (await listKeys())[0]?.[0] ?? "";
  expect((await admin("keys", "rotate")).exitCode).toBe(0);
  expect((await admin("keys", "retire")).exitCode).toBe(1);
  await restartAhead(2 * HOUR_SECONDS);
  const before = new Map(await listKeys());
  expect(before.get(old)).toBeGreaterThan(0);
  const { exitCode, stdout, stderr } = await admin("keys", "retire");
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).not.toContain(old);
  const after = await listKeys();
  expect(after.map(([id]) => id)).toEqual([...before.keys()].filter((id) => id !== old));
  await expectStillLoggedIn();
});

// @rule OPS-2
it("the metrics count successful and refused logins and token refreshes at Taiga", async () => {
  // Taiga's tokens last a day here.
  await restartAhead(24 * HOUR_SECONDS - 60);
  // It would otherwise use its cached token.
  await system.resourceServer.restart();
  await expectStillLoggedIn();
  const again = await openSession(system.mcpUrl, { username: "alice" }, { sdk: 2 });
  await again.close();
  await expect(
    openSession(system.mcpUrl, { username: "alice", password: "wrong" }, { sdk: 2 }),
  ).rejects.toThrow(/User name or password is wrong/);
  const text = await (await fetch(`${system.internalUrl}/metrics`)).text();
  const series = (name: string, outcome: string): string =>
    `taiga_mcp_${name}_total{outcome="${outcome}",service="auth-server"}`;
  // Only Bob's: by the advanced clock Alice's token, too, expires soon, but its whole life is that short.
  expect(text).toContain(`${series("taiga_renewals", "ok")} 1\n`);
  expect(text).toContain(`${series("password_logins", "ok")} 1\n`);
  expect(text).toContain(`${series("password_logins", "wrong_credentials")} 1\n`);
  expect(text).toContain("process_cpu_seconds_total");
});
