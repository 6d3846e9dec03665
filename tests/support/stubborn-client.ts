import { setTimeout as sleep } from "node:timers/promises";
import type * as oauth from "oauth4webapi";
import { askMcp, type McpAnswer } from "./mcp-request.ts";

const RETRY_MS = 150;
const MAX_TRIES = 600;

export interface StubbornClientOptions {
  /** RFC 8414 metadata. */
  server: oauth.AuthorizationServer;
  clientId: string;
  tokens: oauth.TokenEndpointResponse;
  mcpUrl: string;
}

/** A client that retries everything and gives up only when its login is lost. */
export interface StubbornClient {
  /** @throws {Error} that says so when the login is lost. */
  call(name: string, args: Record<string, unknown>): Promise<ToolOutcome>;
  /** @throws {Error} that says so when the login is lost. */
  refresh(): Promise<void>;
}

export interface ToolOutcome {
  isError: boolean;
  text: string;
  /** The structured content; empty for an error. */
  data: Record<string, unknown>;
}

/**
 * Behaves like a well-behaved client: repeats a request after no answer, 502 or 503;
 * refreshes after 401; treats an OAuth error of the refresh as the loss of the login.
 */
export function createStubbornClient(options: StubbornClientOptions): StubbornClient {
  const { server, clientId, mcpUrl } = options;
  let accessToken = options.tokens.access_token;
  let refreshToken = String(options.tokens.refresh_token);

  async function untilAnswered<T>(ask: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined) return answer;
      await sleep(RETRY_MS);
    }
    throw new Error("there was no answer for too long");
  }

  async function refresh(): Promise<void> {
    const response = await untilAnswered(async () => {
      const answer = await fetch(server.token_endpoint ?? "", {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "refresh_token",
          client_id: clientId,
          refresh_token: refreshToken,
        }),
      });
      const body = (await answer.json().catch(() => ({}))) as Record<string, string>;
      return answer.status === 502 || answer.status === 503 ? undefined : body;
    });
    if (response["access_token"] === undefined) {
      throw new Error(`the login is lost: ${JSON.stringify(response)}`);
    }
    accessToken = response["access_token"];
    refreshToken = String(response["refresh_token"]);
  }

  return {
    refresh,
    call: async (name, args) => {
      for (;;) {
        const { status, body } = await untilAnswered<McpAnswer>(async () => {
          const url = `${mcpUrl}?answers=structured`;
          const answer = await askMcp(url, accessToken, "tools/call", { name, arguments: args });
          return answer.status === 502 || answer.status === 503 ? undefined : answer;
        });
        if (status !== 401) return toOutcome(body);
        await refresh();
      }
    },
  };
}

function toOutcome(body: Record<string, unknown>): ToolOutcome {
  const {
    content = [],
    isError = false,
    structuredContent = {},
  } = (body["result"] ?? {}) as {
    content?: { text?: string }[];
    isError?: boolean;
    structuredContent?: Record<string, unknown>;
  };
  const text = content.map((part) => part.text ?? "").join("\n");
  return { isError, text, data: structuredContent };
}
