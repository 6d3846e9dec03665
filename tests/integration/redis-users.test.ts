// The whole platform with a Redis user for each service.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { runAdmin } from "../support/admin.ts";
import { openSession } from "../support/mcp-session.ts";
import {
  endpointsOf,
  introspect,
  logIn,
  refresh,
  register,
  revoke,
} from "../support/oauth-client.ts";
import type { RedisBinary } from "../support/redis-binary.ts";
import { type OwnRedis, spawnRedis } from "../support/redis-server.ts";
import { toRedisUsers, withRedisUser } from "../support/redis-users.ts";
import { MASTER_KEY, startSystem, type System } from "../support/system.ts";

const binary = inject("redisBinary");

describe.skipIf(binary === undefined)("the platform with a Redis user for each service", () => {
  let redis: OwnRedis;
  let system: System;
  beforeAll(async () => {
    const settings = [...toRedisUsers(), "appendonly yes"];
    redis = await spawnRedis(binary as RedisBinary, { settings });
    system = await startSystem(
      { MASTER_KEY, STORE_URL: withRedisUser(redis.url, "auth-server") },
      { resourceServer: { STORE_URL: withRedisUser(redis.url, "resource-server") } },
    );
  });
  afterAll(async () => {
    await system?.stop();
    await redis?.stop();
  });

  // @rule STORE-15
  it("logs in, writes, refreshes, revokes and restarts", async () => {
    const session = await openSession(system.mcpUrl, { username: "alice" }, { sdk: 2 });
    expect((await session.call("get_me")).text).toContain("alice");
    const projects = await session.call("list_projects");
    const [, project = ""] = /\b([a-z0-9-]+)\b/.exec(projects.text) ?? [];
    expect(project).not.toBe("");
    await Promise.all([system.authServer.restart(), system.resourceServer.restart()]);
    session.forgetAccessToken();
    expect((await session.call("get_me")).text).toContain("alice");
    expect(session.logins()).toBe(1);
    await session.close();

    const server = await endpointsOf(system.issuer);
    const client = await register(server);
    const user = { username: "bob" };
    const tokens = await logIn({ server, client, user, resource: system.mcpUrl });
    const next = await refresh(server, client, String(tokens.refresh_token));
    await revoke(server, client.client_id, next.access_token);
    const { active } = await introspect(server, system.rsCredentials, next.access_token);
    expect(active).toBe(false);
    expect(`${system.authServer.output()}${system.resourceServer.output()}`).not.toContain(
      "NOPERM",
    );
  });

  // @rule STORE-15
  it("answers the operator's program, which reads all keys of the store", async () => {
    const setup = await runAdmin(["setup"], system.environment);
    expect(setup.stdout).toContain("✓ Store");
    expect((await runAdmin(["keys", "rotate"], system.environment)).exitCode).toBe(0);
    const { stdout, exitCode } = await runAdmin(["keys"], system.environment);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/ encrypts and decrypts /)]);
  });
});
