// Two replicas of each service on one Redis share all state. Losing any one replica, or Redis for a
// while, loses no login and no write.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createBrowser, type Outcome, type Page } from "../support/browser.ts";
import { askMcp, countRequests } from "../support/mcp-request.ts";
import { openSession } from "../support/mcp-session.ts";
import { authorize, endpointsOf, logIn, register, REDIRECT_URI } from "../support/oauth-client.ts";
import { type Replica, type Replicas, startReplicas } from "../support/replicas.ts";
import { startStoryLoad, subjectsInTaiga } from "../support/story-load.ts";
import { createStubbornClient } from "../support/stubborn-client.ts";
import { createTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";

const redisUrl = inject("redisUrl");

/**
 * How soon a revocation must take effect everywhere, in milliseconds: well below one second on an idle
 * machine, and far below the 30 seconds for which an introspection result is cached.
 */
const SOON_MS = 10_000;
function toPage({ page }: Outcome): Page {
  if (page === undefined) throw new Error("the browser left for a client");
  return page;
}

/**
 * How soon an outage must be answered, in milliseconds: a second or two on an idle machine, five and
 * more if commands to the store had no time limit.
 */
const OUTAGE_MS = 4_500;

// Through a proxy, because the tests may not freeze a foreign server; the proxy cannot do TLS.
describe.skipIf(redisUrl === undefined || redisUrl.startsWith("rediss:"))("two replicas", () => {
  let redis: TcpProxy;
  let platform: Replicas;
  beforeAll(async () => {
    const url = new URL(redisUrl ?? "");
    redis = await createTcpProxy({ host: url.hostname, port: Number(url.port || 6379) });
    url.host = `127.0.0.1:${redis.port}`;
    url.pathname = "/2";
    platform = await startReplicas(url.href);
  });
  afterAll(async () => {
    await platform.stop();
    await redis.close();
  });

  async function connect(username: string) {
    const server = await endpointsOf(platform.issuer);
    const client = await register(server);
    const user = { username };
    const tokens = await logIn({ server, client, user, resource: platform.mcpUrl });
    return { server, client, clientId: client.client_id, tokens, mcpUrl: platform.mcpUrl };
  }

  const listTools = async (url: string, accessToken: string): Promise<number> =>
    (await askMcp(`${url}/mcp`, accessToken, "tools/list")).status;

  const postForm = (url: string, form: Record<string, string>, headers = {}): Promise<Response> =>
    fetch(url, { method: "POST", headers, body: new URLSearchParams(form) });

  const toBasic = ({ clientId, clientSecret }: Replicas["rsCredentials"]) => ({
    authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
  });

  // @rule STORE-8 MCP-TRANSPORT-5
  it("share one login from registration to tool call, on either replica", async () => {
    const session = await openSession(platform.mcpUrl, { username: "alice" }, { sdk: 2 });
    for (let calls = 0; calls < 4; calls += 1) {
      expect((await session.call("get_me")).text).toContain("alice");
    }
    session.forgetAccessToken();
    expect((await session.call("get_me")).text).toContain("alice");
    expect(session.logins()).toBe(1);
    await session.close();
    for (const authServer of platform.authServers) {
      await expect.poll(() => countRequests(authServer.output(), "/introspect")).toBeGreaterThan(0);
    }
    for (const resourceServer of platform.resourceServers) {
      await expect.poll(() => countRequests(resourceServer.output(), "/mcp")).toBeGreaterThan(0);
    }
  });

  // @rule RFC7009-2.1-3
  it("all refuse a token as soon as one of them revokes it, although they have it cached", async () => {
    const { clientId, tokens } = await connect("alice");
    for (const { url } of platform.resourceServers) {
      for (let calls = 0; calls < 3; calls += 1) {
        expect(await listTools(url, tokens.access_token)).toBe(200);
      }
    }
    for (const [index, authServer] of platform.authServers.entries()) {
      const { clientId: id, tokens: own } =
        index === 0 ? { clientId, tokens } : await connect("bob");
      for (const { url } of platform.resourceServers) await listTools(url, own.access_token);
      const from = Date.now();
      const form = { client_id: id, token: String(own.refresh_token) };
      expect((await postForm(`${authServer.url}/revoke`, form)).status).toBe(200);
      for (const { url } of platform.resourceServers) {
        await expect
          .poll(() => listTools(url, own.access_token), { interval: 20, timeout: 3 * SOON_MS })
          .toBe(401);
      }
      expect(Date.now() - from).toBeLessThan(SOON_MS);
    }
  });

  // @rule ACC-3 ACC-5 ACC-6
  it("all know at once what a user limits and disconnects on the account page of either", async () => {
    const { tokens } = await connect("bob");
    const listed = async (url: string): Promise<string | number> => {
      const { status, body } = await askMcp(`${url}/mcp`, tokens.access_token, "tools/list");
      if (status !== 200) return status;
      return JSON.stringify(body).includes('"create_items"') ? "with writes" : "without writes";
    };
    const everywhere = () => Promise.all(platform.resourceServers.map(({ url }) => listed(url)));
    expect(await everywhere()).toEqual(["with writes", "with writes"]);

    const browser = createBrowser(platform.issuer);
    const typed = { username: "bob", password: "bob-password" };
    const { gid } = (await (
      await postForm(
        `${platform.internalUrl}/introspect`,
        { token: tokens.access_token },
        toBasic(platform.rsCredentials),
      )
    ).json()) as { gid: string };
    const path = `/account/connections/${gid}`;
    const login = toPage(await browser.open(`${platform.issuer}/account`));
    await browser.submit(login, "/login", typed);
    const form = toPage(await browser.open(`${platform.issuer}${path}`));
    const limited = await browser.submit(form, "/limit", { access: "read", projects: "all" });
    await expect
      .poll(everywhere, { interval: 20, timeout: SOON_MS })
      .toEqual(["without writes", "without writes"]);

    await browser.submit(toPage(limited), `${path}/disconnect`);
    await expect.poll(everywhere, { interval: 20, timeout: SOON_MS }).toEqual([401, 401]);
  });

  // @rule RFC9700-4.14.2-1
  it("give the same answer to parallel refreshes of one client, on either replica", async () => {
    const { clientId, tokens } = await connect("bob");
    const form = {
      grant_type: "refresh_token",
      client_id: clientId,
      refresh_token: String(tokens.refresh_token),
    };
    const answers = await Promise.all(
      [0, 1, 0, 1, 0, 1, 0, 1].map(async (index) => {
        const response = await postForm(`${platform.authServers[index]?.url}/token`, form);
        return { status: response.status, text: await response.text() };
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  // @rule RFC6749-4.1.2-3
  it("give one login to parallel redemptions of one code, on either replica, and keep it", async () => {
    const server = await endpointsOf(platform.issuer);
    const client = await register(server);
    const user = { username: "alice" };
    const { parameters, verifier } = await authorize({
      server,
      client,
      user,
      resource: platform.mcpUrl,
    });
    const redeem = (index: number) =>
      postForm(`${platform.authServers[index % 2]?.url}/token`, {
        grant_type: "authorization_code",
        client_id: client.client_id,
        redirect_uri: REDIRECT_URI,
        code: parameters.get("code") ?? "",
        code_verifier: verifier,
      });
    const answers = await Promise.all([0, 1, 0, 1, 0, 1, 0, 1].map(redeem));
    answers.push(await redeem(0), await redeem(1));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    for (const loser of answers.filter((answer) => !winners.includes(answer))) {
      expect(loser.status).toBe(400);
      expect(await loser.json()).toMatchObject({ error: "invalid_grant" });
    }
    const tokens = (await winners[0]?.json()) as { access_token: string };
    for (const { url } of platform.resourceServers) {
      expect(await listTools(url, tokens.access_token)).toBe(200);
    }
  });

  // @rule RFC7591-5-1
  it("share one limit on registrations", async () => {
    const limits = await Promise.all(
      platform.authServers.map(async ({ url }) => {
        const response = await fetch(`${url}/register`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
        });
        return /r=(\d+)/.exec(response.headers.get("ratelimit") ?? "")?.[1];
      }),
    );
    expect(new Set(limits).size).toBe(2);
  });

  it("lose no login and no write when one of them is killed under load", async () => {
    const load = await startStoryLoad(platform.taigaApiUrl, () => connect("alice"));
    const victims: Replica[] = [...platform.resourceServers, ...platform.authServers];
    for (const victim of victims) {
      await load.progress();
      await victim.stop("SIGKILL");
      await load.progress();
      await victim.start();
    }
    const subjects = await load.stop();
    expect(subjects.length).toBeGreaterThan(3 * victims.length);
    const written = await subjectsInTaiga(platform.taigaApiUrl, load.mark);
    expect(written.toSorted((a, b) => a.localeCompare(b))).toEqual(
      subjects.toSorted((a, b) => a.localeCompare(b)),
    );
  });

  describe("while Redis is frozen", () => {
    // @rule OUTAGE-3
    it("answer 503 within seconds, never an error that ends a login, and recover by themselves", async () => {
      const { clientId, tokens, server } = await connect("alice");
      const known = await connect("bob");
      await listTools(platform.resourceServers[0].url, known.tokens.access_token);
      const refreshForm = {
        grant_type: "refresh_token",
        client_id: clientId,
        refresh_token: String(tokens.refresh_token),
      };
      const requests: [string, () => Promise<Response>][] = [
        ["/token", () => postForm(`${platform.issuer}/token`, refreshForm)],
        [
          "/introspect",
          () =>
            postForm(
              `${platform.issuer}/introspect`,
              { token: tokens.access_token },
              toBasic(platform.rsCredentials),
            ),
        ],
        [
          "/register",
          () =>
            fetch(`${platform.issuer}/register`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
            }),
        ],
        [
          "/mcp",
          () =>
            fetch(platform.mcpUrl, {
              method: "POST",
              headers: {
                authorization: `Bearer ${tokens.access_token}`,
                "content-type": "application/json",
                accept: "application/json, text/event-stream",
              },
              body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
            }),
        ],
      ];
      const authorizeUrl = `${String(server.authorization_endpoint)}?client_id=${clientId}&response_type=code`;

      redis.freeze();
      try {
        for (let round = 0; round < 2; round += 1) {
          for (const [name, send] of requests) {
            const from = Date.now();
            const response = await send();
            expect([name, response.status]).toEqual([name, 503]);
            expect(Date.now() - from).toBeLessThan(OUTAGE_MS);
            expect(await response.json()).toMatchObject({ error: "temporarily_unavailable" });
          }
          const from = Date.now();
          const page = await fetch(authorizeUrl, { redirect: "manual" });
          expect(page.status).toBe(503);
          expect(page.headers.get("content-type")).toContain("text/html");
          expect(Date.now() - from).toBeLessThan(OUTAGE_MS);
        }
        // Cached tokens are not accepted any more either: they may have been revoked.
        expect(await listTools(platform.resourceServers[0].url, known.tokens.access_token)).toBe(
          503,
        );
        const stream = await fetch(`${platform.internalUrl}/revocations`, {
          headers: toBasic(platform.rsCredentials),
        });
        expect(stream.status).toBe(503);
      } finally {
        await redis.restore();
      }

      const clients = [
        createStubbornClient({ server, clientId, tokens, mcpUrl: platform.mcpUrl }),
        createStubbornClient(known),
      ];
      for (const client of clients) {
        await client.refresh();
        expect((await client.call("get_me", {})).isError).toBe(false);
      }
    });
  });
});
