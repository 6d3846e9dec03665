// The resource-server caches introspection results and drops them as soon as a token is revoked.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askMcp, countRequests } from "../support/mcp-request.ts";
import { endpointsOf, logIn, refresh, register, revoke } from "../support/oauth-client.ts";
import { startSystem, type System } from "../support/system.ts";

/**
 * How soon a revocation must take effect, in milliseconds: well below one second on an idle
 * machine, and far below the 30 seconds for which an introspection result is cached.
 */
const SOON_MS = 10_000;

let system: System;
beforeAll(async () => {
  system = await startSystem({ REFRESH_GRACE_SECONDS: "0" });
});
afterAll(() => system.stop());

/** How many introspections the auth-server has answered, counted in its log up to now. */
async function introspections(): Promise<number> {
  const mark = `/mark-${randomUUID()}`;
  await fetch(`${system.issuer}${mark}`);
  await expect.poll(() => system.authServer.output()).toContain(mark);
  return countRequests(system.authServer.output(), "/introspect");
}

const statusOf = async (accessToken: string): Promise<number> =>
  (await askMcp(system.mcpUrl, accessToken, "tools/list")).status;

async function connect(username: string) {
  const server = await endpointsOf(system.issuer);
  const client = await register(server);
  const user = { username };
  const tokens = await logIn({ server, client, user, resource: system.mcpUrl });
  return { server, client, accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
}

/** Waits until the resource-server has cached the token, so that it stops asking about it. */
async function expectRemembered(accessToken: string): Promise<void> {
  const questionsOfFiveCalls = async (): Promise<number> => {
    const before = await introspections();
    for (let calls = 0; calls < 5; calls += 1) expect(await statusOf(accessToken)).toBe(200);
    return (await introspections()) - before;
  };
  await expect.poll(questionsOfFiveCalls).toBe(0);
}

async function expectRefusedSoon(accessToken: string): Promise<void> {
  const from = Date.now();
  await expect.poll(() => statusOf(accessToken), { interval: 20, timeout: 3 * SOON_MS }).toBe(401);
  expect(Date.now() - from).toBeLessThan(SOON_MS);
}

describe("a token that the resource-server has cached", () => {
  // @rule RFC7009-2.1-3
  it("is refused at once when its client revokes it, while others stay cached", async () => {
    const { client, accessToken, refreshToken } = await connect("alice");
    const other = await connect("bob");
    await expectRemembered(accessToken);
    await expectRemembered(other.accessToken);
    const server = await endpointsOf(system.issuer);
    await revoke(server, client.client_id, String(refreshToken));
    await expectRefusedSoon(accessToken);
    await expectRemembered(other.accessToken);
  });

  // @rule RFC9700-4.14.2-2
  it("is refused at once when its refresh token turns out to be stolen", async () => {
    const { server, client, accessToken, refreshToken } = await connect("alice");
    await expectRemembered(accessToken);
    await refresh(server, client, String(refreshToken));
    const reused = refresh(server, client, String(refreshToken));
    await expect(reused).rejects.toMatchObject({ error: "invalid_grant" });
    await expectRefusedSoon(accessToken);
  });

  // @rule RFC9700-4.14.2-3
  it("is refused at once also after the auth-server was restarted in between", async () => {
    const { server, client, accessToken } = await connect("alice");
    await expectRemembered(accessToken);
    await system.authServer.restart();
    await expectRemembered(accessToken);
    await revoke(server, client.client_id, accessToken);
    await expectRefusedSoon(accessToken);
  });

  // @rule GRANT-9 ADV-uploads-891
  it("is not accepted from the cache while the auth-server is down, because it might be revoked", async () => {
    const { accessToken } = await connect("alice");
    await expectRemembered(accessToken);
    await system.authServer.stop("SIGKILL");
    try {
      await expect.poll(() => statusOf(accessToken), { interval: 20 }).toBe(503);
    } finally {
      await system.authServer.start();
    }
    await expect.poll(() => statusOf(accessToken)).toBe(200);
  });
});

it("an open revocation stream does not delay the shutdown of the auth-server", async () => {
  const { accessToken } = await connect("alice");
  await expectRemembered(accessToken);
  const from = Date.now();
  await system.authServer.stop("SIGTERM");
  // Connections still open after eight seconds would be cut off.
  expect(Date.now() - from).toBeLessThan(7_000);
  await system.authServer.start();
});
