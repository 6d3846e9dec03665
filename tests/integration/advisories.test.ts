// Security events of other servers that show only with both services or independent clients.
import {
  IssuerMismatchError,
  validateAuthorizationResponseIssuer,
} from "@modelcontextprotocol/client";
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { approve, createBrowser } from "../support/browser.ts";
import { askMcp } from "../support/mcp-request.ts";
import { type ClientKind, openSession } from "../support/mcp-session.ts";
import {
  endpointsOf,
  introspect,
  logIn,
  REDIRECT_URI,
  refresh,
  register,
  revoke,
} from "../support/oauth-client.ts";
import { startSystem, type System } from "../support/system.ts";

/**
 * How soon both services must see a revocation, in milliseconds: well below one second on an idle
 * machine, and far below the 30 seconds for which an introspection result is cached.
 */
const SOON_MS = 10_000;

const CLIENTS: [string, ClientKind][] = [
  ["the SDK's v1 client", { sdk: 1 }],
  ["the SDK's v2 client", { sdk: 2 }],
  ["the SDK's v2 client of 2026-07-28", { sdk: 2, mode: { pin: "2026-07-28" } }],
];

let system: System;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  system = await startSystem({ REFRESH_GRACE_SECONDS: "0" });
  server = await endpointsOf(system.issuer);
});
afterAll(() => system.stop());

async function connect() {
  const client = await register(server);
  const user = { username: "alice" };
  const tokens = await logIn({ server, client, user, resource: system.mcpUrl });
  return { client, accessToken: tokens.access_token, refreshToken: String(tokens.refresh_token) };
}

const callTool = async (accessToken: string): Promise<number> =>
  (await askMcp(system.mcpUrl, accessToken, "tools/call", { name: "get_me", arguments: {} }))
    .status;

async function expectRefusedSoon(accessToken: string): Promise<void> {
  const from = Date.now();
  const poll = { interval: 20, timeout: 3 * SOON_MS };
  await expect.poll(() => callTool(accessToken), poll).toBe(401);
  expect(Date.now() - from).toBeLessThan(SOON_MS);
  const info = await introspect(server, system.rsCredentials, accessToken);
  expect(info).toEqual({ active: false });
}

/** Asks the private listener for the Taiga token, as the resource server does. */
async function borrowTaigaToken(accessToken: string): Promise<Response> {
  const { clientId, clientSecret } = system.rsCredentials;
  return await fetch(`${system.internalUrl}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: accessToken,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    }),
  });
}

describe("a revoked consent", () => {
  // @rule ADV-uploads-891
  it("uploads #891: ends the grant in both services, whether the access or the refresh token is revoked", async () => {
    for (const which of ["accessToken", "refreshToken"] as const) {
      const { client, ...tokens } = await connect();
      const other = await connect();
      for (let calls = 0; calls < 3; calls += 1) {
        expect(await callTool(tokens.accessToken)).toBe(200);
      }
      expect((await borrowTaigaToken(tokens.accessToken)).status).toBe(200);
      await revoke(server, client.client_id, tokens[which]);
      await expectRefusedSoon(tokens.accessToken);
      expect((await borrowTaigaToken(tokens.accessToken)).status).toBe(400);
      await expect(refresh(server, client, tokens.refreshToken)).rejects.toMatchObject({
        error: "invalid_grant",
      });
      expect(await callTool(other.accessToken)).toBe(200);
    }
  });
});

describe("a restart", () => {
  // @rule CVE-2026-9802
  it("Keycloak CVE-2026-9802: a rotated refresh token stays invalid after the auth-server was killed; using it ends the login", async () => {
    const { client, refreshToken } = await connect();
    const next = await refresh(server, client, refreshToken);
    expect(await callTool(next.access_token)).toBe(200);
    await system.authServer.stop("SIGKILL");
    await system.authServer.start();
    await expect(refresh(server, client, refreshToken)).rejects.toMatchObject({
      error: "invalid_grant",
    });
    await expectRefusedSoon(next.access_token);
    await expect(refresh(server, client, String(next.refresh_token))).rejects.toMatchObject({
      error: "invalid_grant",
    });
  });
});

describe("the issuer in authorization responses (RFC 9207)", () => {
  /** An authorization request of a new client. */
  async function request(): Promise<{ client: oauth.Client; state: string; url: URL }> {
    const client = await register(server);
    const state = oauth.generateRandomState();
    const url = new URL(server.authorization_endpoint ?? "");
    url.search = new URLSearchParams({
      client_id: client.client_id,
      response_type: "code",
      redirect_uri: REDIRECT_URI,
      code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
      code_challenge_method: "S256",
      state,
    }).toString();
    return { client, state, url };
  }

  const tamper = (answer: URL, change: (search: URLSearchParams) => void): URL => {
    const other = new URL(answer);
    change(other.searchParams);
    return other;
  };

  // @rule ADV-sentry-mcp-1223
  it.each(CLIENTS)("sentry-mcp #1223: %s logs in with it", async (_name, kind) => {
    const session = await openSession(system.mcpUrl, { username: "alice" }, kind);
    try {
      expect(await session.listTools()).toContain("get_me");
      expect(session.logins()).toBe(1);
    } finally {
      await session.close();
    }
  });

  // @rule ADV-sentry-mcp-1223
  it("sentry-mcp #1223: clients that check it accept success and error responses, and reject a response without it", async () => {
    const { client, state, url } = await request();
    const success = await approve(url, { username: "alice" });
    const declined = await request();
    const browser = createBrowser(system.issuer);
    const { page } = await browser.open(declined.url.href);
    if (page === undefined) throw new Error("there was no page to decline on");
    const { left: refusal } = await browser.submit(page, "/cancel");
    if (refusal === undefined) throw new Error("the refusal did not reach the client");

    const strict = (answer: URL) => oauth.validateAuthResponse(server, client, answer, state);
    const sdk = ({ searchParams }: URL) =>
      validateAuthorizationResponseIssuer({
        iss: searchParams.get("iss") ?? undefined,
        expectedIssuer: server.issuer,
        issParameterSupported: server.authorization_response_iss_parameter_supported === true,
      });
    expect(() => strict(success)).not.toThrow();
    expect(() =>
      oauth.validateAuthResponse(server, declined.client, refusal, declined.state),
    ).toThrow(oauth.AuthorizationResponseError);
    for (const answer of [success, refusal]) {
      expect(() => sdk(answer)).not.toThrow();
      for (const change of [
        (search: URLSearchParams) => search.delete("iss"),
        (search: URLSearchParams) => search.set("iss", `${system.issuer}/`),
      ]) {
        expect(() => sdk(tamper(answer, change))).toThrow(IssuerMismatchError);
        expect(() => strict(tamper(answer, change))).toThrow(/iss/);
      }
    }
  });
});
