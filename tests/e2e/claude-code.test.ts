// What Claude Code requires of the platform, request by request.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBrowser } from "../support/browser.ts";
import { type ClaudeCodeUser, createClaudeCodeUser } from "../support/claude-code-user.ts";
import {
  callbackAt,
  type ClaudeCode,
  createClaudeCode,
  type Tokens,
} from "../support/claude-code.ts";
import { startSystem, type System } from "../support/system.ts";

/** Claude Code refreshes a token with less than this left, so tokens must live longer. */
const REFRESH_AHEAD_SECONDS = 300;

let system: System;
let claude: ClaudeCode;
let user: ClaudeCodeUser;
beforeAll(async () => {
  system = await startSystem();
  claude = createClaudeCode(system.mcpUrl);
  user = createClaudeCodeUser(claude, system.issuer);
});
afterAll(() => system.stop());

describe("discovery", () => {
  // @rule RFC9728-3.1-1
  it("names the resource exactly as it was entered, because the client compares", async () => {
    expect((await claude.discover()).resource).toBe(system.mcpUrl);
  });

  // @rule RFC8414-3-1
  it("names one issuer in both documents, byte for byte", async () => {
    expect((await claude.discover()).issuer).toBe(system.issuer);
  });

  // @rule MCP-AUTH-11
  it("serves the same metadata beside the MCP endpoint, for clients of 2025-03-26", async () => {
    const path = "/.well-known/oauth-authorization-server";
    const [own, copy] = await Promise.all(
      [`${system.issuer}${path}`, new URL(path, system.mcpUrl)].map(async (url) =>
        (await fetch(url)).json(),
      ),
    );
    expect(copy).toEqual(own);
  });

  // @rule RFC8414-2-1
  it("announces PKCE, but no client ID metadata documents, which Claude Code would otherwise use exclusively", async () => {
    const response = await fetch(`${system.issuer}/.well-known/oauth-authorization-server`);
    const server = (await response.json()) as Record<string, unknown>;
    expect(server["code_challenge_methods_supported"]).toEqual(["S256"]);
    expect(server["client_id_metadata_document_supported"]).not.toBe(true);
    expect(Object.values(server)).not.toContain(null);
  });
});

describe("a registration", () => {
  it("is answered with the requested metadata, without a secret or empty members", async () => {
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
    clientId = await user.register(51_001);
  });

  // @rule RFC9700-2.1-1
  it("may come back to another localhost port than the registered one", async () => {
    const tokens = await user.logIn(clientId, 52_001);
    expect(await user.whoAmI(tokens.access_token)).toContain("alice");
  });

  // @rule RFC6749-3.3-1
  it("gets the granted scope, states it, and gets a refresh token without requesting one", async () => {
    const tokens = await user.logIn(clientId, 52_002);
    expect(tokens.scope.split(" ").toSorted()).toEqual(["taiga:read", "taiga:write"]);
    expect(tokens.refresh_token).toMatch(/\S/);
  });

  // @rule MCP-AUTH-2
  it("gets an access token that needs no refresh at its first use", async () => {
    const tokens = await user.logIn(clientId, 52_003);
    expect(tokens.expires_in).toBeGreaterThan(2 * REFRESH_AHEAD_SECONDS);
  });

  // @rule RFC9700-4.11.2-1
  it.each([
    ["another path", "http://localhost:52004/other"],
    ["another name of this machine", "http://127.0.0.1:52004/callback"],
    ["another machine", "http://localhost.example.com:52004/callback"],
    ["another scheme", "https://localhost:52004/callback"],
  ])("is refused on a page without a redirect for %s", async (_what, redirectUri) => {
    const { url } = await claude.toAuthorizationRequest(clientId, redirectUri);
    const outcome = await createBrowser(system.issuer).open(url.href);
    expect(outcome.page?.status).toBe(400);
    expect(outcome.page?.text).toContain("invalid_redirect_uri");
  });
});

describe("a connection", () => {
  let tokens: Tokens;
  beforeAll(async () => {
    tokens = await user.logIn(await user.register(51_010), 52_010);
  });

  // @rule MCP-TRANSPORT-3
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
    expect(await user.whoAmI(tokens.access_token)).toContain("alice");
  });

  // @rule MCP-TRANSPORT-2
  it("may still fall back to a handshake after a good discovery, as one version did", async () => {
    const response = await claude.initialize(tokens.access_token);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"protocolVersion":"2025-11-25"');
  });
});

describe("an address that requests less access", () => {
  // @rule MCP-AUTH-8
  it("is the resource from the first request to the last, and offers nothing that writes", async () => {
    const reader = createClaudeCode(`${system.mcpUrl}?readonly=true`);
    expect((await reader.discover()).resource).toBe(`${system.mcpUrl}?readonly=true`);
    const clientId = await user.register(51_015);
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
