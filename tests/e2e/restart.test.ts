// A restart loses no data, and an outage ends no login.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type McpSession, openSession } from "../support/mcp-session.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
let session: McpSession;
beforeAll(async () => {
  system = await startSystem();
  session = await openSession(system.mcpUrl, { username: "bob" }, { sdk: 2, mode: "auto" });
});
afterAll(async () => {
  await session.close();
  await system.stop();
});

const expectBob = async (): Promise<void> => {
  const me = await session.call("get_me");
  expect(me.text).toContain("bob");
  expect(session.logins()).toBe(1);
};

// @rule GRANT-6
it.each(["resourceServer", "authServer", "sandbox"] as const)(
  "keeps the same login after a restart of %s",
  async (service) => {
    await system[service].restart();
    await expectBob();
    session.forgetAccessToken();
    await expectBob();
  },
);

// @rule GRANT-6
it("keeps the login after the auth-server was killed", async () => {
  await system.authServer.stop("SIGKILL");
  await system.authServer.start();
  session.forgetAccessToken();
  await expectBob();
});

// @rule OUTAGE-2
it("answers 503 while the auth-server is down, so that no client drops its tokens", async () => {
  const { access_token } = session.tokens();
  await system.authServer.stop();
  try {
    const response = await fetch(system.mcpUrl, {
      method: "POST",
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).not.toBeNull();
    expect(await response.json()).toMatchObject({ error: "temporarily_unavailable" });
  } finally {
    await system.authServer.start();
  }
  await expectBob();
});

it("reports in a tool's answer that Taiga is down, and works again when it is back", async () => {
  await system.sandbox.stop();
  try {
    const answer = await session.call("find_items", { text: "bike" });
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/Taiga/);
  } finally {
    await system.sandbox.start();
  }
  await expectBob();
});

// @rule LOGIN-1 STORE-10
it("keeps passwords and tokens out of every log", async () => {
  const tokens = session.tokens();
  const logs = [system.authServer, system.resourceServer, system.sandbox]
    .map((service) => service.output())
    .join("");
  expect(logs).not.toBe("");
  for (const secret of ["bob-password", tokens.access_token, String(tokens.refresh_token)]) {
    expect(logs).not.toContain(secret);
  }
});
