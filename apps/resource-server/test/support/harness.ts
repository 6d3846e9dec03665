import type { OAuthTokenVerifier } from "@modelcontextprotocol/server";
import { createLogger } from "@taiga-mcp/service";
import { createSqliteKv, type Kv } from "@taiga-mcp/store";
import { type ToolDefinition, toLoadedTool } from "@taiga-mcp/taiga-tools";
import { type Config, parseConfig } from "../../src/config.ts";
import { createResourceServer, type ResourceServer } from "../../src/create-resource-server.ts";
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type FakeAuthorizationServer,
  startFakeAuthorizationServer,
} from "./fake-authorization-server.ts";
import { createFakeTaiga, type FakeTaiga } from "./fake-taiga.ts";
import { openTestServer } from "./http-server.ts";
import { toolOf } from "./tools.ts";

export const NOW = 1_800_000_000;
export const ISSUER = "https://auth.test";
export const TAIGA_API_URL = "https://taiga.test/api/v1";

export interface Harness {
  /** Bare origin of the resource server. */
  url: string;
  /** The MCP endpoint. */
  mcp: string;
  authServer: FakeAuthorizationServer;
  taiga: FakeTaiga;
  credentials: ResourceServer["credentials"];
  /** Lines of the log, parsed. */
  log: () => Record<string, unknown>[];
  /** The log as it would be written. */
  logText: () => string;
  /** Makes a token active; the default is a grant of full access. */
  grant(token: string, claims?: Record<string, unknown>): void;
  post(body: unknown, options?: PostOptions): Promise<Response>;
  /** Begins to follow revocations. */
  start(): void;
  /** Makes the revocation stream live, so that introspection responses are cached. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

export interface PostOptions {
  token?: string;
  headers?: Record<string, string>;
  path?: string;
}

export interface HarnessOptions {
  tools?: readonly ToolDefinition[];
  config?: Partial<Config>;
  /** Replaces the verifier that asks the authorization server. */
  verifier?: OAuthTokenVerifier;
  /** Whether tokens must look like those of the authorization server. */
  hasRealTokens?: boolean;
  /** Replaces methods of the in-memory store. */
  store?: Partial<Kv>;
}

/** The whole resource server over HTTP, with a fake authorization server and a fake Taiga. */
export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const authServer = await startFakeAuthorizationServer();
  const server = await openTestServer();
  const taiga = createFakeTaiga();
  const lines: string[] = [];
  const clock = () => NOW;
  const logger = createLogger({
    name: "test",
    level: "debug",
    destination: { write: (line) => void lines.push(line) },
  });
  const config: Config = {
    ...parseConfig({
      MCP_URL: `${server.url}/mcp`,
      ISSUER,
      AUTH_SERVER_INTERNAL_URL: authServer.url,
      TAIGA_API_URL,
      RS_CLIENT_ID: CLIENT_ID,
      RS_CLIENT_SECRET: CLIENT_SECRET,
      ALLOWED_ORIGINS: "https://app.example",
      // Tests of limits set them; the clock stands still.
      REFUSALS_PER_MINUTE: "100000",
      REQUESTS_PER_MINUTE: "100000",
      READS_PER_MINUTE: "100000",
      PARALLEL_READS: "100",
      WRITES_PER_MINUTE: "100000",
      SEARCHES_PER_MINUTE: "100000",
    }),
    ...options.config,
  };
  const tools = options.tools ?? [
    toolOf("find_things", "read"),
    toolOf("create_things", "write"),
    toolOf("delete_things", "delete"),
  ];
  const resourceServer = createResourceServer({
    config,
    store: { ...createSqliteKv({ file: ":memory:", clock }), ...options.store },
    taiga,
    tools: tools.map((tool) => toLoadedTool(tool, "core")),
    fetch: authServer.fetch,
    clock,
    logger,
    version: "1.2.3",
    replaced: {
      verifier: options.verifier,
      // Names such as "alice" are better to read than tokens.
      isTokenShape: options.hasRealTokens === true ? undefined : () => true,
    },
  });
  server.serve(resourceServer.app);

  return {
    url: server.url,
    mcp: `${server.url}/mcp`,
    authServer,
    taiga,
    credentials: resourceServer.credentials,
    log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    logText: () => lines.join(""),
    grant(token, claims = {}) {
      authServer.introspections.set(token, {
        active: true,
        client_id: "client",
        sub: "user",
        aud: config.resource,
        iss: ISSUER,
        exp: NOW + 600,
        scope: "taiga:read taiga:write taiga:delete taiga:admin",
        gid: `grant of ${token}`,
        access: "admin",
        projects: "all",
        ...claims,
      });
    },
    post: (body, { token, headers, path = "/mcp" } = {}) =>
      fetch(`${server.url}${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: typeof body === "string" ? body : JSON.stringify(body),
        redirect: "manual",
      }),
    start: () => resourceServer.start(),
    follow: async () => {
      resourceServer.start();
      await authServer.revocations.live();
    },
    async close() {
      await resourceServer.close();
      await server.close();
      await authServer.close();
    },
  };
}

/** A 2025-era request without a session. */
export const rpc = (method: string, params: Record<string, unknown> = {}, id = 1) => ({
  jsonrpc: "2.0",
  id,
  method,
  params,
});

/** The JSON-RPC messages of an answer, whether it came as JSON or as an event stream. */
export async function messagesOf(response: Response): Promise<Record<string, unknown>[]> {
  const text = await response.text();
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    return [JSON.parse(text)].flat() as Record<string, unknown>[];
  }
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
}
