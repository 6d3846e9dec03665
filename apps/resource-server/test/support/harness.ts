import { createMcpHandler, type OAuthTokenVerifier } from "@modelcontextprotocol/server";
import { createLogger } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import {
  createToolRunner,
  deriveConfirmationKey,
  type ToolDefinition,
  toLoadedTool,
} from "@taiga-mcp/taiga-tools";
import { createApp, type AppDeps } from "../../src/http/app.ts";
import { createAuthorizationServer } from "../../src/auth/authorization-server.ts";
import { createGrantTransport } from "../../src/auth/grant-transport.ts";
import { createIntrospectionVerifier } from "../../src/auth/introspection-verifier.ts";
import { createTaigaCredentials, type TaigaCredentials } from "../../src/auth/taiga-credentials.ts";
import { createCallLog } from "../../src/mcp/call-log.ts";
import type { McpCaller } from "../../src/mcp/caller.ts";
import { createMcpServerFactory } from "../../src/mcp/create-mcp-server.ts";
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
  /** What is borrowed from the authorization server. */
  credentials: TaigaCredentials;
  /** Lines of the log, parsed. */
  log: () => Record<string, unknown>[];
  /** The log as it would be written. */
  logText: () => string;
  /** Makes a token live; what is left out is an ordinary grant of everything. */
  grant(token: string, claims?: Record<string, unknown>): void;
  post(body: unknown, options?: PostOptions): Promise<Response>;
  close(): Promise<void>;
}

export interface PostOptions {
  token?: string;
  headers?: Record<string, string>;
  path?: string;
}

export interface HarnessOptions {
  tools?: readonly ToolDefinition[];
  config?: Partial<AppDeps["config"]>;
  verifier?: OAuthTokenVerifier;
  store?: AppDeps["store"];
}

/** The whole resource server over HTTP; only the authorization server and Taiga are played. */
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
  const config: AppDeps["config"] = {
    resource: `${server.url}/mcp`,
    issuer: ISSUER,
    authServerUrl: authServer.url,
    listener: { host: "127.0.0.1", port: 0 },
    allowedOrigins: ["https://app.example"],
    accessLimit: "admin",
    taigaWebUrl: "https://taiga.test",
    trustProxy: 0,
    ...options.config,
  };
  const authorizationServer = createAuthorizationServer({
    issuer: ISSUER,
    authServerUrl: authServer.url,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    fetch,
  });
  const kv = createSqliteKv({ file: ":memory:", clock });
  const credentials = createTaigaCredentials({
    authorizationServer,
    taigaApiUrl: TAIGA_API_URL,
    issuer: config.issuer,
    clock,
  });
  const tools = options.tools ?? [
    toolOf("find_things", "read"),
    toolOf("create_things", "write"),
    toolOf("delete_things", "delete"),
  ];
  const runner = createToolRunner<McpCaller>({
    tools: tools.map((tool) => toLoadedTool(tool, "core")),
    operator: { accessLimit: config.accessLimit, toolsets: ["core"] },
    connect: (caller) => createGrantTransport(taiga, credentials, caller),
    store: kv,
    clock,
    confirmationKey: deriveConfirmationKey(CLIENT_SECRET),
    taigaWebUrl: config.taigaWebUrl,
    ...createCallLog(logger),
  });
  const handler = createMcpHandler(createMcpServerFactory({ runner, version: "1.2.3" }));
  const verifier =
    options.verifier ??
    createIntrospectionVerifier({
      authorizationServer,
      issuer: ISSUER,
      resource: config.resource,
      clock,
    });
  server.serve(
    createApp({ config, verifier, mcpHandler: handler, store: options.store ?? kv, fetch, logger }),
  );

  return {
    url: server.url,
    mcp: `${server.url}/mcp`,
    authServer,
    taiga,
    credentials,
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
    async close() {
      await handler.close();
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
