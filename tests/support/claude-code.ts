// Claude Code as the server sees it: requests recorded from the program itself, so that tests can
// check its needs without its binary and without an account.
import { createHash, randomBytes } from "node:crypto";
import { approve } from "./browser.ts";

const REVISION = "2026-07-28";

export interface Discovery {
  resource: string;
  scope: string;
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  registrationEndpoint: string;
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  scope: string;
}

export interface AuthorizationRequest {
  url: URL;
  redirectUri: string;
  state: string;
  verifier: string;
}

export interface ClaudeCode {
  /** Requests the RFC 9728 metadata address directly, without provoking a 401 first. */
  discover(): Promise<Discovery>;
  /** @param port of the callback; differs at each login. */
  register(port: number): Promise<Response>;
  toAuthorizationRequest(clientId: string, redirectUri: string): Promise<AuthorizationRequest>;
  /** The final redirect of the user's browser. */
  authorize(request: AuthorizationRequest): Promise<URL>;
  redeem(clientId: string, request: AuthorizationRequest, code: string): Promise<Response>;
  refresh(clientId: string, refreshToken: string): Promise<Response>;
  /** A request of the 2026 revision: no handshake, no session, all metadata in every request. */
  send(accessToken: string, method: string, params?: Record<string, unknown>): Promise<Response>;
  /** The handshake of the 2025 revisions. */
  initialize(accessToken: string): Promise<Response>;
}

export const callbackAt = (port: number): string => `http://localhost:${port}/callback`;

/** @param mcpUrl as the user typed it. */
export function createClaudeCode(mcpUrl: string): ClaudeCode {
  async function discover(): Promise<Discovery> {
    const { origin, pathname, search } = new URL(mcpUrl);
    const path = `/.well-known/oauth-protected-resource${pathname}${search}`;
    const resource = await getJson(`${origin}${path}`);
    const [issuer] = resource["authorization_servers"] as string[];
    const server = await getJson(`${issuer}/.well-known/oauth-authorization-server`);
    return {
      resource: String(resource["resource"]),
      scope: (resource["scopes_supported"] as string[]).join(" "),
      issuer: String(server["issuer"]),
      authorizationEndpoint: String(server["authorization_endpoint"]),
      tokenEndpoint: String(server["token_endpoint"]),
      registrationEndpoint: String(server["registration_endpoint"]),
    };
  }

  async function requestTokens(parameters: Record<string, string>): Promise<Response> {
    const { tokenEndpoint, resource } = await discover();
    return await fetch(tokenEndpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      body: new URLSearchParams({ ...parameters, resource }),
    });
  }

  return {
    discover,

    register: async (port) =>
      await fetch((await discover()).registrationEndpoint, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify({
          client_name: "Claude Code (taiga)",
          redirect_uris: [callbackAt(port)],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
          application_type: "native",
        }),
      }),

    toAuthorizationRequest: async (clientId, redirectUri) => {
      const { authorizationEndpoint, resource, scope } = await discover();
      const verifier = randomBytes(32).toString("base64url");
      const state = randomBytes(32).toString("base64url");
      const url = new URL(authorizationEndpoint);
      url.search = new URLSearchParams({
        response_type: "code",
        client_id: clientId,
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
        redirect_uri: redirectUri,
        state,
        scope,
        resource,
      }).toString();
      return { url, redirectUri, state, verifier };
    },

    authorize: ({ url }) => approve(url, { username: "alice" }),

    redeem: (clientId, { verifier, redirectUri }, code) =>
      requestTokens({
        grant_type: "authorization_code",
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        client_id: clientId,
      }),

    refresh: (clientId, refreshToken) =>
      requestTokens({
        grant_type: "refresh_token",
        refresh_token: refreshToken,
        client_id: clientId,
      }),

    send: (accessToken, method, params = {}) =>
      fetch(mcpUrl, {
        method: "POST",
        headers: {
          authorization: `Bearer ${accessToken}`,
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          "mcp-protocol-version": REVISION,
          "mcp-method": method,
          ...(typeof params["name"] === "string" && { "mcp-name": params["name"] }),
        },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method,
          params: { ...params, _meta: META },
        }),
      }),

    initialize: (accessToken) =>
      fetch(mcpUrl, {
        method: "POST",
        headers: {
          authorization: `Bearer ${accessToken}`,
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
        },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "initialize",
          params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: CLIENT_INFO },
        }),
      }),
  };
}

const CLIENT_INFO = { name: "claude-code", version: "2.1.328" };

const META = {
  "io.modelcontextprotocol/protocolVersion": REVISION,
  "io.modelcontextprotocol/clientInfo": CLIENT_INFO,
  "io.modelcontextprotocol/clientCapabilities": { roots: {} },
};

async function getJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { headers: { "mcp-protocol-version": REVISION } });
  if (response.status !== 200) throw new Error(`${response.status} from ${url}`);
  return (await response.json()) as Record<string, unknown>;
}
