// What Claude Code needs of us, request by request.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBrowser } from "../support/browser.ts";
import {
  callbackAt,
  type ClaudeCode,
  createClaudeCode,
  type Tokens,
} from "../support/claude-code.ts";
import { startSystem, type System } from "../support/system.ts";

/** Claude Code refreshes a token that has less than this left, so one must live longer. */
const REFRESH_AHEAD_SECONDS = 300;

let system: System;
let dataDir: string;
let claude: ClaudeCode;
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "taiga-mcp-claude-code-"));
  system = await startSystem({ DATA_DIR: dataDir });
  claude = createClaudeCode(system.mcpUrl);
});
afterAll(async () => {
  await system.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function registered(port: number): Promise<string> {
  const response = await claude.register(port);
  expect(response.status).toBe(201);
  return ((await response.json()) as { client_id: string }).client_id;
}

/** @param port another one than the registered. */
async function logIn(clientId: string, port: number): Promise<Tokens> {
  const request = await claude.toAuthorizationRequest(clientId, callbackAt(port));
  const answer = await claude.authorize(request);
  expect(`${answer.origin}${answer.pathname}`).toBe(request.redirectUri);
  expect(answer.searchParams.get("state")).toBe(request.state);
  expect(answer.searchParams.get("iss")).toBe(system.issuer);
  const code = answer.searchParams.get("code") ?? "";
  const response = await claude.redeem(clientId, request, code);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return (await response.json()) as Tokens;
}

async function refresh(clientId: string, refreshToken: string): Promise<Tokens> {
  const response = await claude.refresh(clientId, refreshToken);
  expect(response.status).toBe(200);
  return (await response.json()) as Tokens;
}

async function whoAmI(accessToken: string): Promise<string> {
  const call = { name: "get_me", arguments: {} };
  return await (await claude.send(accessToken, "tools/call", call)).text();
}

describe("discovery", () => {
  it("names the resource exactly as it was entered, because the client compares", async () => {
    expect((await claude.discover()).resource).toBe(system.mcpUrl);
  });

  it("names one issuer in both documents, byte for byte", async () => {
    expect((await claude.discover()).issuer).toBe(system.issuer);
  });

  it("promises PKCE, and no client ID metadata documents, which it then would use alone", async () => {
    const response = await fetch(`${system.issuer}/.well-known/oauth-authorization-server`);
    const server = (await response.json()) as Record<string, unknown>;
    expect(server["code_challenge_methods_supported"]).toEqual(["S256"]);
    expect(server["client_id_metadata_document_supported"]).not.toBe(true);
    expect(Object.values(server)).not.toContain(null);
  });
});

describe("a registration", () => {
  it("is answered with what was asked for: no secret, and nothing empty", async () => {
    const client = (await (await claude.register(51_000)).json()) as Record<string, unknown>;
    expect(client).toMatchObject({
      client_name: "Claude Code (taiga)",
      redirect_uris: [callbackAt(51_000)],
      token_endpoint_auth_method: "none",
      application_type: "native",
    });
    expect(client).not.toHaveProperty("client_secret");
    expect(Object.values(client)).not.toContain(null);
  });
});

describe("a login", () => {
  let clientId: string;
  beforeAll(async () => {
    clientId = await registered(51_001);
  });

  it("may come back to another localhost port than the registered one", async () => {
    const tokens = await logIn(clientId, 52_001);
    expect(await whoAmI(tokens.access_token)).toContain("alice");
  });

  it("gets what the user agreed to, says so, and a refresh token without asking for one", async () => {
    const tokens = await logIn(clientId, 52_002);
    expect(tokens.scope.split(" ").toSorted()).toEqual(["taiga:read", "taiga:write"]);
    expect(tokens.refresh_token).toMatch(/\S/);
  });

  it("gets an access token that need not be refreshed at its first use", async () => {
    const tokens = await logIn(clientId, 52_003);
    expect(tokens.expires_in).toBeGreaterThan(2 * REFRESH_AHEAD_SECONDS);
  });

  it.each([
    ["another path", "http://localhost:52004/other"],
    ["another name of this machine", "http://127.0.0.1:52004/callback"],
    ["another machine", "http://localhost.example.com:52004/callback"],
    ["another scheme", "https://localhost:52004/callback"],
  ])("is refused on a page, and sent nowhere, for %s", async (_what, redirectUri) => {
    const { url } = await claude.toAuthorizationRequest(clientId, redirectUri);
    const outcome = await createBrowser(system.issuer).open(url.href);
    expect(outcome.page?.status).toBe(400);
    expect(outcome.page?.text).toContain("invalid_redirect_uri");
  });
});

describe("a connection", () => {
  let tokens: Tokens;
  beforeAll(async () => {
    tokens = await logIn(await registered(51_010), 52_010);
  });

  it("begins with server/discover and finds the revision it speaks", async () => {
    const response = await claude.send(tokens.access_token, "server/discover");
    expect(response.status).toBe(200);
    expect(response.headers.get("mcp-session-id")).toBeNull();
    const { result } = (await response.json()) as { result: Record<string, unknown> };
    expect(result["supportedVersions"]).toContain("2026-07-28");
    expect(result["instructions"]).toMatch(/Taiga/);
  });

  it("goes on in that revision, without a handshake", async () => {
    const response = await claude.send(tokens.access_token, "tools/list");
    expect(response.headers.get("content-type")).toContain("application/json");
    const { result } = (await response.json()) as { result: { tools: { name: string }[] } };
    expect(result.tools.map(({ name }) => name)).toContain("get_me");
    expect(await whoAmI(tokens.access_token)).toContain("alice");
  });

  it("may still fall back to a handshake after a good discovery, as one version did", async () => {
    const response = await claude.initialize(tokens.access_token);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"protocolVersion":"2025-11-25"');
  });
});

describe("an address that asks for less", () => {
  it("is the resource from the first request to the last, and offers nothing that writes", async () => {
    const reader = createClaudeCode(`${system.mcpUrl}?readonly=true`);
    expect((await reader.discover()).resource).toBe(`${system.mcpUrl}?readonly=true`);
    const clientId = await registered(51_015);
    const request = await reader.toAuthorizationRequest(clientId, callbackAt(52_015));
    const code = (await reader.authorize(request)).searchParams.get("code") ?? "";
    const tokens = (await (await reader.redeem(clientId, request, code)).json()) as Tokens;
    const next = await reader.refresh(clientId, tokens.refresh_token);
    const { access_token } = (await next.json()) as Tokens;
    const tools = await (await reader.send(access_token, "tools/list")).text();
    expect(tools).toContain("get_me");
    expect(tools).not.toContain("create_items");
  });
});

describe("a refresh", () => {
  let clientId: string;
  beforeAll(async () => {
    clientId = await registered(51_020);
  });

  it("ahead of time gives a new pair and leaves the old access token to other processes", async () => {
    const first = await logIn(clientId, 52_020);
    const second = await refresh(clientId, first.refresh_token);
    expect(second.access_token).not.toBe(first.access_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.scope).toBe(first.scope);
    for (const { access_token } of [first, second]) {
      expect(await whoAmI(access_token)).toContain("alice");
    }
  });

  it("by three processes at once gives all of them the same tokens, and costs no login", async () => {
    const { refresh_token } = await logIn(clientId, 52_021);
    const answers = await Promise.all([1, 2, 3].map(() => refresh(clientId, refresh_token)));
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.access_token)).size).toBe(1);
    const next = await refresh(clientId, answers[0]?.refresh_token ?? "");
    expect(await whoAmI(next.access_token)).toContain("alice");
  });

  it("with a token of a revoked login is invalid_grant, and the same client logs in again", async () => {
    const { refresh_token } = await logIn(clientId, 52_022);
    const revocation = await fetch(`${system.issuer}/revoke`, {
      method: "POST",
      body: new URLSearchParams({ token: refresh_token, client_id: clientId }),
    });
    expect(revocation.status).toBe(200);
    const response = await claude.refresh(clientId, refresh_token);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "invalid_grant" });
    const tokens = await logIn(clientId, 52_023);
    expect(await whoAmI(tokens.access_token)).toContain("alice");
  });
});

describe("an authorization server that lost everything", () => {
  let clientId: string;
  let tokens: Tokens;
  beforeAll(async () => {
    clientId = await registered(51_030);
    tokens = await logIn(clientId, 52_030);
    await system.authServer.stop();
    for (const file of readdirSync(dataDir)) {
      if (file.startsWith("auth-server.sqlite")) rmSync(path.join(dataDir, file));
    }
    await system.authServer.start();
  });

  it("answers the old access token with a challenge", async () => {
    // A live token may be remembered for moments; the store of it is gone for good.
    await expect
      .poll(async () => (await claude.send(tokens.access_token, "tools/list")).status, {
        timeout: 35_000,
      })
      .toBe(401);
    const response = await claude.send(tokens.access_token, "tools/list");
    expect(response.headers.get("www-authenticate")).toMatch(
      /error="invalid_token".*resource_meta/,
    );
  }, 40_000);

  it("answers a refresh with 401 invalid_client, which makes the client register anew", async () => {
    const response = await claude.refresh(clientId, tokens.refresh_token);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: "invalid_client" });
  });

  it("tells whoever arrives at the login with the old client what to do", async () => {
    const { url } = await claude.toAuthorizationRequest(clientId, callbackAt(52_031));
    const outcome = await createBrowser(system.issuer).open(url.href);
    expect(outcome.page?.status).toBe(400);
    expect(outcome.page?.text).toContain("This app is not known here");
  });

  it("is connected to again after a new registration and login", async () => {
    const next = await logIn(await registered(51_032), 52_032);
    expect(await whoAmI(next.access_token)).toContain("alice");
  });
});
