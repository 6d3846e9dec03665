// One MCP client connection that logs in by itself through the scripted browser, either with the
// SDK's v2 client or with its v1 client; both offer the same small interface to the tests.
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
  UnauthorizedError as UnauthorizedV2,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  type VersionNegotiationMode,
} from "@modelcontextprotocol/client";
import { UnauthorizedError as UnauthorizedV1 } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { approve, type Approval } from "./browser.ts";

/** Nothing listens here: the scripted browser stops before this redirect and returns the response. */
const REDIRECT_URI = "http://localhost:33418/callback";
const CLIENT = { name: "e2e-client", version: "1.0.0" };

export interface ToolResult {
  isError?: boolean;
  structuredContent?: Record<string, unknown>;
  text: string;
}

export interface McpSession {
  listTools(): Promise<string[]>;
  call(name: string, args?: Record<string, unknown>): Promise<ToolResult>;
  /** How many times the user had to log in so far. */
  logins(): number;
  tokens(): StoredOAuthTokens;
  clientId(): string;
  /** Invalidates the access token, so that the next request must refresh. */
  forgetAccessToken(): void;
  close(): Promise<void>;
}

interface Connection {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  /** Redeems the code of the login that this connection has just started. */
  finishLogin(): Promise<void>;
  close(): Promise<void>;
}

export type ClientKind = { sdk: 1 } | { sdk: 2; mode?: VersionNegotiationMode };

/** Connects, logging in as `user` when the server asks for it. */
export async function openSession(
  mcpUrl: string,
  user: Approval,
  kind: ClientKind,
): Promise<McpSession> {
  const account = createAccount(user);
  const connect = kind.sdk === 1 ? connectV1 : connectV2;
  const url = new URL(mcpUrl);
  let connection = await connect(url, account, kind);

  /** What clients do when a call throws UnauthorizedError: log in, reconnect, retry. */
  async function withLogin<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      await connection.finishLogin();
      await connection.close();
      connection = await connect(url, account, kind);
      return await work();
    }
  }

  return {
    listTools: () =>
      withLogin(async () => (await connection.listTools()).tools.map((tool) => tool.name)),
    call: (name, args = {}) =>
      withLogin(async () => toResult(await connection.callTool({ name, arguments: args }))),
    logins: () => account.logins,
    tokens: () => account.expectTokens(),
    clientId: () => account.expectClient().client_id,
    forgetAccessToken: () => {
      account.provider.saveTokens({ ...account.expectTokens(), access_token: "forgotten" });
    },
    close: () => connection.close(),
  };
}

type Account = ReturnType<typeof createAccount>;

/** What a client stores about one user's login. */
function createAccount(user: Approval) {
  let client: StoredOAuthClientInformation | undefined;
  let tokens: StoredOAuthTokens | undefined;
  let discovery: OAuthDiscoveryState | undefined;
  let verifier = "";
  const account = {
    logins: 0,
    answer: undefined as URLSearchParams | undefined,
    expectTokens: (): StoredOAuthTokens => expectThere(tokens, "tokens"),
    expectClient: (): StoredOAuthClientInformation => expectThere(client, "client"),
    provider: {
      redirectUrl: REDIRECT_URI,
      clientMetadata: {
        client_name: "End-to-end client",
        redirect_uris: [REDIRECT_URI],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
      },
      clientInformation: () => client,
      saveClientInformation: (information) => {
        client = information;
      },
      tokens: () => tokens,
      saveTokens: (saved) => {
        tokens = saved;
      },
      discoveryState: () => discovery,
      saveDiscoveryState: (state) => {
        discovery = state;
      },
      codeVerifier: () => verifier,
      saveCodeVerifier: (saved) => {
        verifier = saved;
      },
      invalidateCredentials: (scope) => {
        if (scope === "all" || scope === "client") client = undefined;
        if (scope === "all" || scope === "client" || scope === "tokens") tokens = undefined;
      },
      redirectToAuthorization: async (url) => {
        const end = await approve(url, user);
        if (`${end.origin}${end.pathname}` !== REDIRECT_URI) throw new Error(`sent to ${end.href}`);
        account.logins += 1;
        account.answer = end.searchParams;
      },
    } satisfies OAuthClientProvider,
  };
  return account;
}

/** The first attempt triggers a login, the second one uses it. */
async function connectV2(url: URL, account: Account, kind: ClientKind): Promise<Connection> {
  const mode = kind.sdk === 2 ? kind.mode : undefined;
  const client = new ClientV2(CLIENT, mode === undefined ? {} : { versionNegotiation: { mode } });
  const transport = new TransportV2(url, { authProvider: account.provider });
  const finishLogin = (): Promise<void> =>
    transport.finishAuth(expectThere(account.answer, "answer"));
  try {
    await client.connect(transport);
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    await finishLogin();
    return await connectV2(url, account, kind);
  }
  return Object.assign(client, { finishLogin });
}

async function connectV1(url: URL, account: Account): Promise<Connection> {
  const client = new ClientV1(CLIENT);
  const transport = new TransportV1(url, { authProvider: account.provider });
  const finishLogin = (): Promise<void> =>
    transport.finishAuth(expectThere(account.answer?.get("code"), "code"));
  try {
    // v1's class and its interface disagree about optional members under exactOptionalPropertyTypes.
    await client.connect(transport as Parameters<ClientV1["connect"]>[0]);
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    await finishLogin();
    return await connectV1(url, account);
  }
  return Object.assign(client, { finishLogin });
}

const isUnauthorized = (error: unknown): boolean =>
  error instanceof UnauthorizedV2 || error instanceof UnauthorizedV1;

function toResult(answer: unknown): ToolResult {
  const { content, isError, structuredContent } = answer as {
    content: { type: string; text?: string }[];
    isError?: boolean;
    structuredContent?: Record<string, unknown>;
  };
  const text = content.map((part) => part.text ?? "").join("\n");
  return {
    text,
    ...(isError !== undefined && { isError }),
    ...(structuredContent !== undefined && { structuredContent }),
  };
}

function expectThere<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`there is no ${what} yet`);
  return value;
}
