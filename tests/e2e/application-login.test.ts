// Logging in on Taiga's own pages: the password never passes through the auth-server.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBrowser, type Outcome, type Page } from "../support/browser.ts";
import { askMcp } from "../support/mcp-request.ts";
import { type McpSession, openSession } from "../support/mcp-session.ts";
import { endpointsOf, logIn, register, revoke } from "../support/oauth-client.ts";
import { startSystem, type System } from "../support/system.ts";

/** Of the demo's application. */
const APPLICATION_ID = "0b6a6467-7a1c-4d6b-9c57-2f6d4a3e8c15";

let system: System;
let taigaOrigin: string;
beforeAll(async () => {
  system = await startSystem({
    TAIGA_LOGIN: "application",
    TAIGA_APPLICATION_ID: APPLICATION_ID,
  });
  taigaOrigin = new URL(system.taigaApiUrl).origin;
});
afterAll(() => system.stop());

async function connect(username: string) {
  const server = await endpointsOf(system.issuer);
  const client = await register(server);
  const user = { username, taigaOrigin };
  const tokens = await logIn({ server, client, user, resource: system.mcpUrl });
  return { server, clientId: client.client_id, tokens };
}

/** Asks Taiga about the tokens of the user's applications, as the user. */
async function askTaiga(username: string, path = "", method = "GET"): Promise<Response> {
  const login = await fetch(`${system.taigaApiUrl}/auth`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "normal", username, password: `${username}-password` }),
  });
  const { auth_token: token } = (await login.json()) as { auth_token: string };
  const headers = { authorization: `Bearer ${token}` };
  return await fetch(`${system.taigaApiUrl}/application-tokens${path}`, { method, headers });
}

const applicationTokensOf = async (username: string): Promise<{ id: number }[]> =>
  (await (await askTaiga(username)).json()) as { id: number }[];

describe("a client whose user logs in on Taiga's pages", () => {
  let session: McpSession;
  afterAll(() => session.close());

  it("works as that user, also after a restart of the auth-server", async () => {
    session = await openSession(system.mcpUrl, { username: "alice", taigaOrigin }, { sdk: 2 });
    expect((await session.call("get_me")).text).toContain("alice");
    await system.authServer.restart();
    await system.resourceServer.restart();
    expect((await session.call("get_me")).text).toContain("alice");
    expect(session.logins()).toBe(1);
  });

  it("refreshes without asking the user", async () => {
    session.forgetAccessToken();
    expect((await session.call("get_me")).text).toContain("alice");
    expect(session.logins()).toBe(1);
  });

  // @rule LOGIN-12
  it("shares one Taiga token with the user's other clients, until the last of them disconnects", async () => {
    const one = await connect("bob");
    const two = await connect("bob");
    expect(await applicationTokensOf("bob")).toHaveLength(1);
    await revoke(one.server, one.clientId, one.tokens.refresh_token ?? "");
    const answer = await askMcp(system.mcpUrl, two.tokens.access_token, "tools/call", {
      name: "get_me",
      arguments: {},
    });
    expect(JSON.stringify(answer.body)).toContain("bob");
    expect(await applicationTokensOf("bob")).toHaveLength(1);
    await revoke(two.server, two.clientId, two.tokens.refresh_token ?? "");
    await expect.poll(() => applicationTokensOf("bob")).toEqual([]);
  });

  it("must connect again when Taiga has deleted the token", async () => {
    const { tokens } = await connect("stan");
    const ask = () =>
      askMcp(system.mcpUrl, tokens.access_token, "tools/call", {
        name: "find_items",
        arguments: { project: "pedal" },
      });
    expect(JSON.stringify((await ask()).body)).not.toMatch(/reconnect/i);
    for (const { id } of await applicationTokensOf("stan")) {
      expect((await askTaiga("stan", `/${id}`, "DELETE")).status).toBe(204);
    }
    const answer = await ask();
    expect(JSON.stringify(answer.body)).toMatch(/reconnect/i);
    await expect.poll(async () => (await ask()).status).toBe(401);
  });
});

describe("the logs", () => {
  // @rule LOGIN-10
  it("contain no states, codes, tokens or passwords", async () => {
    const trip = await depart("carol");
    const state = new URL(trip.next, taigaOrigin).searchParams.get("state") ?? "";
    expect(state).toMatch(/^[\w-]{43}$/);
    await connect("carol");
    const output = system.authServer.output() + system.resourceServer.output();
    expect(output).toContain("/taiga/callback");
    for (const secret of [state, "auth_code", "carol-password", "app_token_id"]) {
      expect(output).not.toContain(secret);
    }
  });
});

describe("the return from Taiga", () => {
  it("is refused in a browser other than the one that started the login", async () => {
    const trip = await depart("carol");
    // The victim follows a link, is logged in at Taiga and has agreed to the application before.
    const victim = createBrowser(system.issuer, taigaOrigin);
    const login = `${taigaOrigin}/login?next=${encodeURIComponent(trip.next)}`;
    const page = expectPage(await victim.open(login));
    const end = expectPage(
      await victim.submit(page, "/login", { username: "carol", password: "carol-password" }),
    );
    expect(new URL(end.url).pathname).toBe("/taiga/callback");
    expect([end.status, end.document.querySelector("h1")?.text]).toEqual([
      400,
      "This login was not started here",
    ]);
  });
});

/** Starts an authorization request and follows it to Taiga's login page. */
async function depart(username: string): Promise<{ next: string }> {
  await connect(username);
  const server = await endpointsOf(system.issuer);
  const client = await register(server);
  const url = new URL(server.authorization_endpoint ?? "");
  url.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: "code",
    redirect_uri: "http://127.0.0.1:33419/callback",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    resource: system.mcpUrl,
  }).toString();
  const browser = createBrowser(system.issuer, taigaOrigin);
  const first = expectPage(await browser.open(url.href));
  expect(first.document.querySelector("input[type=password]")).toBeNull();
  const login = expectPage(await browser.submit(first, "/taiga"));
  expect(new URL(login.url).origin).toBe(taigaOrigin);
  return { next: new URL(login.url).searchParams.get("next") ?? "" };
}

function expectPage({ page, left }: Outcome): Page {
  if (page === undefined) throw new Error(`left for ${left?.href}`);
  return page;
}
