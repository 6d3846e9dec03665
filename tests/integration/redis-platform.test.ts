// The whole platform on Redis instead of the SQLite files.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openSession } from "../support/mcp-session.ts";
import { endpointsOf, introspect, logIn, refresh, register } from "../support/oauth-client.ts";
import { MASTER_KEY, startSystem, type System } from "../support/system.ts";

const redisUrl = inject("redisUrl");

describe.skipIf(redisUrl === undefined)("the platform on Redis", () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ STORE_URL: redisUrl ?? "", MASTER_KEY });
  });
  afterAll(() => system?.stop());

  it("keeps a login across restarts of both services", async () => {
    const session = await openSession(system.mcpUrl, { username: "alice" }, { sdk: 2 });
    await Promise.all([system.authServer.restart(), system.resourceServer.restart()]);
    session.forgetAccessToken();
    expect((await session.call("get_me")).text).toContain("alice");
    expect(session.logins()).toBe(1);
    await session.close();
    // Each start has its own 20 s limit and is awaited by its log message.
  });

  it("answers parallel refreshes of one client with the same new token", async () => {
    const server = await endpointsOf(system.issuer);
    const client = await register(server);
    const user = { username: "bob" };
    const tokens = await logIn({ server, client, user, resource: system.mcpUrl });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => refresh(server, client, String(tokens.refresh_token))),
    );
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
    const info = await introspect(server, system.rsCredentials, String(answers[0]?.access_token));
    expect(info.active).toBe(true);
  });
});
