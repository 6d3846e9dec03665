// oauth4webapi as a second, strict client, which checks more than the SDK clients do.
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  endpointsOf,
  insecure,
  introspect,
  logIn,
  refresh,
  register,
  revoke,
  secretOf,
} from "../support/oauth-client.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  system = await startSystem();
  server = await endpointsOf(system.issuer);
});
afterAll(() => system.stop());

const alice = { username: "alice" };

describe("discovery", () => {
  // @rule RFC8414-3-1
  it("finds the same issuer at the OpenID path, because some clients try it first", async () => {
    const url = new URL(system.issuer);
    const response = await oauth.discoveryRequest(url, { algorithm: "oidc", ...insecure });
    const document = await oauth.processDiscoveryResponse(url, response);
    expect(document.token_endpoint).toBe(server.token_endpoint);
    expect(document.subject_types_supported).toBeDefined();
  });

  it("leads from the resource server to the authorization server", async () => {
    const resource = new URL(system.mcpUrl);
    const response = await oauth.resourceDiscoveryRequest(resource, insecure);
    const document = await oauth.processResourceDiscoveryResponse(resource, response);
    expect(document.authorization_servers).toEqual([system.issuer]);
  });
});

describe.each([
  ["none", () => oauth.None()],
  ["client_secret_basic", (secret: string) => oauth.ClientSecretBasic(secret)],
  ["client_secret_post", (secret: string) => oauth.ClientSecretPost(secret)],
])("a client that authenticates by %s", (method, toAuth) => {
  // @rule RFC7591-2-3
  it("logs in, is introspected, refreshes and revokes", async () => {
    const client = await register(server, { token_endpoint_auth_method: method });
    const clientAuth = method === "none" ? oauth.None() : toAuth(secretOf(client));
    const tokens = await logIn({
      server,
      client,
      clientAuth,
      user: alice,
      resource: system.mcpUrl,
    });
    expect(tokens.scope?.split(" ").toSorted()).toEqual(["taiga:read", "taiga:write"]);

    const info = await introspect(server, system.rsCredentials, tokens.access_token);
    expect(info).toMatchObject({ active: true, aud: system.mcpUrl, client_id: client.client_id });

    const next = await refresh(server, client, String(tokens.refresh_token), clientAuth);
    expect(next.refresh_token).not.toBe(tokens.refresh_token);

    const response = await oauth.revocationRequest(
      server,
      client,
      clientAuth,
      String(next.refresh_token),
      insecure,
    );
    await oauth.processRevocationResponse(response);
    for (const token of [tokens.access_token, next.access_token]) {
      const after = await introspect(server, system.rsCredentials, token);
      expect(after).toEqual({ active: false });
    }
  });
});

describe("a client cannot", () => {
  it("revoke a token of another client", async () => {
    const owner = await register(server);
    const other = await register(server);
    const tokens = await logIn({ server, client: owner, user: alice, resource: system.mcpUrl });
    await revoke(server, other.client_id, tokens.access_token).catch(() => undefined);
    const info = await introspect(server, system.rsCredentials, tokens.access_token);
    expect(info.active).toBe(true);
  });

  // @rule RFC7662-2.1-1
  it("introspect tokens, unless it is the resource server", async () => {
    const client = await register(server, { token_endpoint_auth_method: "client_secret_basic" });
    const credentials = { clientId: client.client_id, clientSecret: secretOf(client) };
    await expect(introspect(server, credentials, "anything")).rejects.toMatchObject({
      status: 401,
    });
  });
});

describe("the exchange for a Taiga credential", () => {
  const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

  // @rule RFC8693-2-1
  it("does not exist on the public listener, because a proxy cannot filter a body parameter", async () => {
    const client = await register(server);
    const response = await oauth.genericTokenEndpointRequest(
      server,
      client,
      oauth.None(),
      TOKEN_EXCHANGE,
      { subject_token: "x", subject_token_type: "urn:ietf:params:oauth:token-type:access_token" },
      insecure,
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "unsupported_grant_type" });
  });
});
