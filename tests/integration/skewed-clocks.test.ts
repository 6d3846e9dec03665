// Two replicas of each service whose clocks differ by two minutes, on one Redis between them.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { askMcp } from "../support/mcp-request.ts";
import { endpointsOf, introspect, logIn, register } from "../support/oauth-client.ts";
import { type Replicas, startReplicas } from "../support/replicas.ts";

const redisUrl = inject("redisUrl");

const AHEAD_SECONDS = 60;
const ACCESS_TOKEN_SECONDS = 600;
/** Shorter than the difference of the clocks, so that each clock alone would be wrong. */
const CODE_SECONDS = 30;
const GRACE_SECONDS = 4;
/** What may come on top on a slow machine, and by whole seconds. */
const MARGIN_MS = 2_000;

describe.skipIf(redisUrl === undefined)("replicas whose clocks differ by two minutes", () => {
  let platform: Replicas;
  beforeAll(async () => {
    const url = new URL(redisUrl ?? "");
    url.pathname = "/4";
    platform = await startReplicas(url.href, {
      clocksAhead: [AHEAD_SECONDS, -AHEAD_SECONDS],
      settings: {
        ACCESS_TOKEN_TTL_SECONDS: `${ACCESS_TOKEN_SECONDS}`,
        REFRESH_GRACE_SECONDS: `${GRACE_SECONDS}`,
        AUTHORIZATION_CODE_TTL_SECONDS: `${CODE_SECONDS}`,
      },
    });
  });
  afterAll(async () => {
    await platform?.stop();
  });

  /** Logs in; the balancer sends each step to the other replica. */
  async function connect(username: string) {
    const server = await endpointsOf(platform.issuer);
    const client = await register(server);
    const user = { username };
    const tokens = await logIn({ server, client, user, resource: platform.mcpUrl });
    return { server, clientId: client.client_id, tokens };
  }

  const refreshAt = async (replica: number, clientId: string, token: unknown) => {
    const response = await fetch(`${platform.authServers[replica]?.url}/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        client_id: clientId,
        refresh_token: String(token),
      }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    const { access_token: accessToken, refresh_token: refreshToken, expires_in, error } = body;
    return { status: response.status, accessToken, refreshToken, expires_in, error };
  };

  const callAt = async (replica: number, token: unknown): Promise<number> =>
    (await askMcp(`${platform.resourceServers[replica]?.url}/mcp`, String(token), "tools/list"))
      .status;

  // @rule STORE-14
  it("log in, redeem codes, introspect and refresh on either side", async () => {
    // Twice, because the balancer sends an odd number of requests to one side first.
    for (const username of ["alice", "bob"]) {
      const { server, clientId, tokens } = await connect(username);
      expect(tokens.expires_in).toBe(ACCESS_TOKEN_SECONDS);
      for (const replica of [0, 1, 0, 1])
        expect(await callAt(replica, tokens.access_token)).toBe(200);
      const { active, exp, iat } = await introspect(
        server,
        platform.rsCredentials,
        tokens.access_token,
      );
      expect(active).toBe(true);
      // By the clock of the store, which is that of this machine here.
      expect(Math.abs(Number(iat) - Date.now() / 1_000)).toBeLessThan(AHEAD_SECONDS / 2);
      expect(Number(exp) - Number(iat)).toBe(ACCESS_TOKEN_SECONDS);

      let refreshToken: unknown = tokens.refresh_token;
      for (const replica of [1, 0, 1, 0]) {
        const answer = await refreshAt(replica, clientId, refreshToken);
        expect(answer).toMatchObject({ status: 200, expires_in: ACCESS_TOKEN_SECONDS });
        for (const other of [0, 1]) expect(await callAt(other, answer.accessToken)).toBe(200);
        refreshToken = answer.refreshToken;
      }
    }
  });

  // @rule STORE-14
  it("repeat an answer within the grace, and take a later use for a theft", async () => {
    for (const [first, second] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { clientId, tokens } = await connect("alice");
      const answer = await refreshAt(first, clientId, tokens.refresh_token);
      expect(answer.status).toBe(200);
      expect(await refreshAt(second, clientId, tokens.refresh_token)).toEqual(answer);
      await sleep(GRACE_SECONDS * 1_000 + MARGIN_MS);
      expect(await refreshAt(second, clientId, tokens.refresh_token)).toMatchObject({
        status: 400,
        error: "invalid_grant",
      });
      // The reuse ended the whole grant.
      expect(await refreshAt(first, clientId, answer.refreshToken)).toMatchObject({
        status: 400,
      });
    }
  });

  // @rule STORE-14
  it("refuse a token on both sides once it is revoked", async () => {
    const revoked = await connect("bob");
    for (const replica of [0, 1]) {
      expect(await callAt(replica, revoked.tokens.access_token)).toBe(200);
    }
    const form = { client_id: revoked.clientId, token: String(revoked.tokens.refresh_token) };
    const body = new URLSearchParams(form);
    await fetch(`${platform.authServers[1].url}/revoke`, { method: "POST", body });
    for (const replica of [0, 1]) {
      await expect.poll(() => callAt(replica, revoked.tokens.access_token)).toBe(401);
      expect(
        await refreshAt(replica, revoked.clientId, revoked.tokens.refresh_token),
      ).toMatchObject({ status: 400 });
    }
  });

  // @rule STORE-14
  it("say in their logs how far their clocks are from the store's", () => {
    for (const [replica, ahead] of [AHEAD_SECONDS, -AHEAD_SECONDS].entries()) {
      for (const service of [platform.authServers[replica], platform.resourceServers[replica]]) {
        const line = /\{[^\n]*clock differs from the store's[^\n]*\}/.exec(service?.output() ?? "");
        const { aheadSeconds } = JSON.parse(line?.[0] ?? "{}") as { aheadSeconds?: number };
        expect(Math.abs((aheadSeconds ?? 0) - ahead)).toBeLessThan(1);
      }
    }
  });
});
