import { expect } from "vitest";
import { callbackAt, type ClaudeCode, type Tokens } from "./claude-code.ts";

/** Alice using Claude Code; every step checks that it succeeded. */
export interface ClaudeCodeUser {
  /** @returns a client id. */
  register(port: number): Promise<string>;
  /** @param port differs from the registered port. */
  logIn(clientId: string, port: number): Promise<Tokens>;
  refresh(clientId: string, refreshToken: string): Promise<Tokens>;
  /** The answer of the tool `get_me`. */
  whoAmI(accessToken: string): Promise<string>;
}

export function createClaudeCodeUser(claude: ClaudeCode, issuer: string): ClaudeCodeUser {
  return {
    register: async (port) => {
      const response = await claude.register(port);
      expect(response.status).toBe(201);
      return ((await response.json()) as { client_id: string }).client_id;
    },
    logIn: async (clientId, port) => {
      const request = await claude.toAuthorizationRequest(clientId, callbackAt(port));
      const answer = await claude.authorize(request);
      expect(`${answer.origin}${answer.pathname}`).toBe(request.redirectUri);
      expect(answer.searchParams.get("state")).toBe(request.state);
      expect(answer.searchParams.get("iss")).toBe(issuer);
      const code = answer.searchParams.get("code") ?? "";
      const response = await claude.redeem(clientId, request, code);
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("no-store");
      return (await response.json()) as Tokens;
    },
    refresh: async (clientId, refreshToken) => {
      const response = await claude.refresh(clientId, refreshToken);
      expect(response.status).toBe(200);
      return (await response.json()) as Tokens;
    },
    whoAmI: async (accessToken) => {
      const call = { name: "get_me", arguments: {} };
      return await (await claude.send(accessToken, "tools/call", call)).text();
    },
  };
}
