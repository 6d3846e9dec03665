// MASTER_KEY is replaced while users work: every login continues, even one in progress on the
// consent page.
import { randomBytes } from "node:crypto";
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toAdminToken } from "../../apps/auth-server/src/operations/admin-token.ts";
import { createBrowser } from "../support/browser.ts";
import { type McpSession, openSession } from "../support/mcp-session.ts";
import { endpointsOf, REDIRECT_URI, register } from "../support/oauth-client.ts";
import { startSystem, type System } from "../support/system.ts";

const newKey = (): string => randomBytes(32).toString("base64url");

const [first, second] = [newKey(), newKey()];
let system: System;
let session: McpSession;
beforeAll(async () => {
  system = await startSystem({ MASTER_KEY: first });
  session = await openSession(system.mcpUrl, { username: "bob" }, { sdk: 2 });
});
afterAll(async () => {
  await session.close();
  await system.stop();
});

async function keysOpenedBy(masterKey: string): Promise<string[]> {
  const token = toAdminToken(new Uint8Array(Buffer.from(masterKey, "base64url")));
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${system.internalUrl}/admin/keys`, { headers });
  const { keys } = (await answer.json()) as { keys: { id: string }[] };
  return keys.map(({ id }) => id);
}

async function expectStillLoggedIn(): Promise<void> {
  session.forgetAccessToken();
  expect((await session.call("get_me")).text).toContain("bob");
  expect(session.logins()).toBe(1);
}

// @rule KEYS-4
it("continues every login and an open consent page", async () => {
  const server = await endpointsOf(system.issuer);
  const client = await register(server);
  const browser = createBrowser(system.issuer);
  const url = new URL(server.authorization_endpoint ?? "");
  url.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: "code",
    redirect_uri: REDIRECT_URI,
    code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
    code_challenge_method: "S256",
    resource: system.mcpUrl,
  }).toString();
  const login = await browser.open(url.href);
  const consent = await browser.submit(login.page!, "/login", {
    username: "alice",
    password: "alice-password",
  });
  expect(consent.page?.status).toBe(200);

  await system.authServer.restart({ MASTER_KEY: `${second},${first}` });

  const allowed = await browser.submit(consent.page!, "/consent");
  expect(allowed.left?.searchParams.get("code")).toMatch(/./);
  await expectStillLoggedIn();
});

// @rule KEYS-4
it("no longer needs the old master key, and keeps the root keys that it sealed", async () => {
  const keys = await keysOpenedBy(first);
  await system.authServer.restart({ MASTER_KEY: second });
  await expectStillLoggedIn();
  expect(await keysOpenedBy(second)).toEqual(keys);
});

// @rule KEYS-4
it("does not start with a wrong key, says why, and loses nothing", async () => {
  await expect(system.authServer.restart({ MASTER_KEY: first })).rejects.toThrow(
    "auth-server: MASTER_KEY does not open the key ring in the store",
  );
  await system.authServer.restart({ MASTER_KEY: second });
  await expectStillLoggedIn();
});
