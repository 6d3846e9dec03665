// Security events known from other servers that show only with two replicas on one Redis.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { endpointsOf, introspect, logIn, register } from "../support/oauth-client.ts";
import { type Replicas, startReplicas } from "../support/replicas.ts";

const redisUrl = inject("redisUrl");

describe.skipIf(redisUrl === undefined)("two replicas", () => {
  let platform: Replicas;
  beforeAll(async () => {
    const url = new URL(redisUrl ?? "");
    url.pathname = "/6";
    platform = await startReplicas(url.href);
  });
  afterAll(() => platform.stop());

  interface Answer {
    status: number;
    json: Record<string, unknown>;
  }

  async function connect() {
    const server = await endpointsOf(platform.issuer);
    const client = await register(server);
    const user = { username: "alice" };
    const tokens = await logIn({ server, client, user, resource: platform.mcpUrl });
    const { access_token: accessToken } = tokens;
    return {
      server,
      clientId: client.client_id,
      accessToken,
      refreshToken: String(tokens.refresh_token),
    };
  }

  async function post(
    url: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(url, {
      method: "POST",
      headers,
      body: new URLSearchParams(form),
    });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  }

  /** Sends all requests at the same time, alternating between the replicas. */
  const refreshEverywhere = (
    clientId: string,
    refreshToken: string,
    count: number,
  ): Promise<Answer[]> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        post(`${platform.authServers[index % 2]?.url}/token`, {
          grant_type: "refresh_token",
          client_id: clientId,
          refresh_token: refreshToken,
        }),
      ),
    );

  // @rule CVE-2026-1035
  it("Keycloak CVE-2026-1035: sixteen concurrent uses of one refresh token issue one pair of tokens", async () => {
    const { server, clientId, refreshToken } = await connect();
    const answers = await refreshEverywhere(clientId, refreshToken, 16);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const pairs = new Set(
      answers.map(({ json }) => `${String(json["access_token"])} ${String(json["refresh_token"])}`),
    );
    expect(pairs.size).toBe(1);
    const accessToken = String(answers[0]?.json["access_token"]);
    const info = await introspect(server, platform.rsCredentials, accessToken);
    expect(info.active).toBe(true);
  });

  // @rule ADV-openwork-4441
  it("openwork #4441: four concurrent refreshes all get 200, three times in a row", async () => {
    const { clientId, refreshToken } = await connect();
    let token = refreshToken;
    for (let round = 0; round < 3; round += 1) {
      const answers = await refreshEverywhere(clientId, token, 4);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const successors = new Set(answers.map(({ json }) => String(json["refresh_token"])));
      expect(successors.size).toBe(1);
      token = [...successors].join("");
    }
  });

  // @rule ADV-cloudflare-mcp-136
  it("cloudflare/mcp #136, #216: Taiga's single-use refresh token is used once across both replicas", async () => {
    const { accessToken } = await connect();
    const { clientId, clientSecret } = platform.rsCredentials;
    const authorization = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;
    const borrow = (extra: Record<string, string> = {}): Promise<Answer> =>
      post(
        `${platform.internalUrl}/token`,
        {
          grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
          subject_token: accessToken,
          subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
          ...extra,
        },
        { authorization },
      );
    let { json } = await borrow();
    for (let round = 0; round < 3; round += 1) {
      const old = String(json["access_token"]);
      const refused = {
        rejected_token_sha256: createHash("sha256").update(old).digest("base64url"),
      };
      const answers = await Promise.all(Array.from({ length: 8 }, () => borrow(refused)));
      // Taiga refuses a second use, which would end the login for every client.
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const renewed = new Set(answers.map((answer) => String(answer.json["access_token"])));
      expect(renewed.size).toBe(1);
      expect(renewed).not.toContain(old);
      ({ json } = answers[0] as Answer);
    }
  });
});
