// Taiga accepts connections and never answers, or a name server is silent about one host: each endpoint
// and tool answers within the time that docs/operations.md names, and what needs nothing of the kind works.
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { approve, createBrowser } from "../support/browser.ts";
import {
  type ChangeableNameServer,
  startChangeableNameServer,
} from "../support/changeable-name-server.ts";
import { askMcp } from "../support/mcp-request.ts";
import { endpointsOf, logIn, REDIRECT_URI, refresh, register } from "../support/oauth-client.ts";
import { freePorts, MASTER_KEY, startSystem, type System } from "../support/system.ts";
import { createTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { TEST_MS } from "../support/time-limits.ts";

/** Of docs/operations.md, doubled, because test machines are slow. */
const LIMIT_MS = { quick: 2 * 5_000, login: 2 * 15_000, tool: 2 * 60_000 };

const PARALLEL_CALLS = 4;

const redisUrl = inject("redisUrl");

describe.skipIf(redisUrl === null)("whatever hangs", { timeout: TEST_MS }, () => {
  let system: System;
  let names: ChangeableNameServer;
  let taiga: TcpProxy;
  let client: oauth.Client;
  let server: oauth.AuthorizationServer;
  let accessToken: string;
  let refreshToken: string;
  let tools: Tool[];

  beforeAll(async () => {
    const [sandboxPort = 0] = await freePorts(1);
    taiga = await createTcpProxy({ host: "127.0.0.1", port: sandboxPort });
    names = await startChangeableNameServer("taiga.test", "redis.test", "auth.test");
    const redis = new URL(redisUrl ?? "");
    redis.hostname = "redis.test";
    const [privatePort] = await freePorts(1);
    system = await startSystem({
      SANDBOX_PORT: `${sandboxPort}`,
      TAIGA_API_URL: `http://taiga.test:${taiga.port}`,
      ALLOW_HTTP_TAIGA: "true",
      STORE_URL: redis.href,
      MASTER_KEY,
      AUTH_SERVER_PRIVATE_PORT: `${privatePort}`,
      AUTH_SERVER_INTERNAL_URL: `http://auth.test:${privatePort}`,
      TAIGA_TIMEOUT_MS: "2000",
      ...names.settings,
    });
    server = await endpointsOf(system.issuer);
    client = await register(server);
    const user = { username: "alice" };
    const tokens = await logIn({ server, client, user, resource: system.mcpUrl });
    accessToken = tokens.access_token;
    refreshToken = tokens.refresh_token ?? "";
    tools = await listTools();
  }, TEST_MS);

  afterAll(async () => {
    await system.stop();
    await taiga.close();
    names.close();
  }, TEST_MS);

  async function listTools(): Promise<Tool[]> {
    const { body } = await askMcp(system.mcpUrl, accessToken, "tools/list");
    return (body["result"] as { tools: Tool[] }).tools;
  }

  const authorizationUrl = async (): Promise<string> => {
    const url = new URL(server.authorization_endpoint ?? "");
    url.search = new URLSearchParams({
      client_id: client.client_id,
      response_type: "code",
      redirect_uri: REDIRECT_URI,
      code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
      code_challenge_method: "S256",
      resource: system.mcpUrl,
      scope: "taiga:read",
    }).toString();
    return url.href;
  };

  const get = async (url: string): Promise<number> => {
    const response = await fetch(url, { redirect: "manual" });
    await response.text();
    return response.status;
  };

  /** Tries to log in with a right password; the page says what happened. */
  const tryLogin = async (): Promise<string> => {
    const browser = createBrowser(system.issuer);
    const { page } = await browser.open(await authorizationUrl());
    if (page?.document.querySelector("form") === null || page === undefined) {
      return page?.text ?? "";
    }
    const typed = { username: "bob", password: "bob-password" };
    return (await browser.submit(page, "/login", typed)).page?.text ?? "";
  };

  /** Every endpoint that is not a tool, with its documented time. */
  const ENDPOINTS: [string, keyof typeof LIMIT_MS, () => Promise<unknown>][] = [
    ["home page", "quick", () => get(`${system.issuer}/`)],
    ["metadata", "quick", () => get(`${system.issuer}/.well-known/oauth-authorization-server`)],
    ["health of the authorization server", "quick", () => get(`${system.issuer}/healthz`)],
    ["registration", "quick", () => register(server).catch(String)],
    ["authorization page", "quick", async () => get(await authorizationUrl())],
    ["login", "login", tryLogin],
    ["refresh", "quick", async () => await refreshOnce().catch(String)],
    ["home page of MCP", "quick", () => get(new URL("/", system.mcpUrl).href)],
    ["health of the resource server", "quick", () => get(new URL("/healthz", system.mcpUrl).href)],
    ["readiness", "quick", () => get(new URL("/readyz", system.mcpUrl).href)],
    ["copy of the metadata", "quick", () => get(toCopy(system.mcpUrl))],
    ["a request without a token", "quick", () => get(system.mcpUrl)],
    ["initialize", "quick", () => askMcp(system.mcpUrl, accessToken, "ping").catch(String)],
  ];

  async function refreshOnce(): Promise<void> {
    const tokens = await refresh(server, client, refreshToken);
    accessToken = tokens.access_token;
    refreshToken = tokens.refresh_token ?? "";
  }

  const measure = async (work: () => Promise<unknown>) => {
    const from = performance.now();
    const answer = await work();
    return { answer, tookMs: performance.now() - from };
  };

  async function expectAnswersInTime(): Promise<Map<string, unknown>> {
    const answers = new Map<string, unknown>();
    for (const [name, limit, ask] of ENDPOINTS) {
      const { answer, tookMs } = await measure(ask);
      expect({ name, isInTime: tookMs < LIMIT_MS[limit] }).toEqual({ name, isInTime: true });
      answers.set(name, answer);
    }
    return answers;
  }

  /** @returns the text of each tool's answer. */
  async function callAllTools(): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    const queue = [...tools];
    const work = async (): Promise<void> => {
      for (let tool = queue.shift(); tool !== undefined; tool = queue.shift()) {
        const { name, inputSchema } = tool;
        const params = { name, arguments: toArguments(inputSchema) };
        const { answer, tookMs } = await measure(() =>
          askMcp(system.mcpUrl, accessToken, "tools/call", params),
        );
        expect({ name, isInTime: tookMs < LIMIT_MS.tool }).toEqual({ name, isInTime: true });
        texts.set(name, JSON.stringify(answer));
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_CALLS }, work));
    return texts;
  }

  const restart = async (): Promise<void> => {
    await Promise.all([system.authServer.restart(), system.resourceServer.restart()]);
  };

  // @rule OUTAGE-21
  it("Taiga: every endpoint and tool answers in time, and a login says why it cannot go on", async () => {
    taiga.freeze();
    const answers = await expectAnswersInTime();
    expect(answers.get("home page")).toBe(200);
    expect(answers.get("authorization page")).toBeLessThan(400);
    expect(answers.get("login")).toMatch(/Taiga is not available|does not answer|unavailable/i);
    expect(answers.get("refresh")).toBeUndefined();
    const texts = await callAllTools();
    expect([...texts.values()].filter((text) => /did not answer in time/.test(text))).not.toEqual(
      [],
    );
    await taiga.restore();
  });

  // @rule OUTAGE-21
  it("the name of Taiga: the same", async () => {
    names.names.delete("taiga.test");
    await restart();
    const answers = await expectAnswersInTime();
    expect(answers.get("home page")).toBe(200);
    expect(answers.get("login")).toMatch(/Taiga is not available|does not answer|unavailable/i);
    expect(answers.get("refresh")).toBeUndefined();
    const texts = await callAllTools();
    expect([...texts.values()].filter((text) => /cannot be reached/.test(text))).not.toEqual([]);
    names.names.add("taiga.test");
  });

  // @rule OUTAGE-21
  it("the name of the authorization server: logins work, tools answer 503 in time", async () => {
    names.names.delete("auth.test");
    await restart();
    const answers = await expectAnswersInTime();
    expect(answers.get("login")).toContain("bob");
    expect(answers.get("refresh")).toBeUndefined();
    expect(answers.get("readiness")).toBe(503);
    expect(await askMcp(system.mcpUrl, accessToken, "ping")).toMatchObject({ status: 503 });
    names.names.add("auth.test");
  });

  // @rule OUTAGE-21
  it("the name of the store: 503 in time, and everything works afterwards", async () => {
    names.names.delete("redis.test");
    await restart();
    const answers = await expectAnswersInTime();
    expect(answers.get("metadata")).toBe(200);
    expect(answers.get("health of the authorization server")).toBe(200);
    expect(answers.get("readiness")).toBe(503);
    names.names.add("redis.test");
    await expect.poll(() => ENDPOINTS[9]?.[2](), { timeout: TEST_MS }).toBe(200);
    await refreshOnce();
    const end = await approve(await authorizationUrl(), { username: "bob" });
    expect(end.searchParams.get("code")).not.toBeNull();
    expect(await askMcp(system.mcpUrl, accessToken, "ping")).toMatchObject({ status: 200 });
  });
});

const toCopy = (mcpUrl: string): string =>
  new URL("/.well-known/oauth-authorization-server", mcpUrl).href;

interface Schema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  required?: string[];
  properties?: Record<string, Schema>;
}

interface Tool {
  name: string;
  inputSchema: Schema;
}

/** What the required arguments of a tool may be; good enough to begin. */
const toArguments = ({ required = [], properties = {} }: Schema): Record<string, unknown> =>
  Object.fromEntries(required.map((name) => [name, toValue(name, properties[name] ?? {})]));

function toValue(name: string, schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf?.[0] !== undefined) return toValue(name, schema.anyOf[0]);
  if (schema.type === "array") return [toValue(name, schema.items ?? {})];
  if (schema.type === "object") return toArguments(schema);
  if (schema.type === "integer" || schema.type === "number") return 1;
  if (schema.type === "boolean") return true;
  return name.startsWith("project") ? "alpha" : "alpha#1";
}
