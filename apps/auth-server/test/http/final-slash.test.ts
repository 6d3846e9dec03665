// Clients that build endpoints from the issuer sometimes add a slash.
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  connect,
  createPkce,
  postForm,
  postJson,
  REDIRECT_URI,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.close());

// @rule RFC6749-3.1-2
it("every endpoint takes a final slash", async () => {
  const { issuer } = system;
  for (const path of ["oauth-authorization-server", "openid-configuration"]) {
    const [plain, slashed] = await Promise.all(
      ["", "/"].map((end) => request(`${issuer}/.well-known/${path}${end}`)),
    );
    expect([slashed?.status, slashed?.json]).toEqual([200, plain?.json]);
  }
  expect((await request(`${issuer}/jwks/`)).status).toBe(200);

  const registered = await postJson(`${issuer}/register/`, { redirect_uris: [REDIRECT_URI] });
  expect(registered.status).toBe(201);
  const params = toAuthorizeParams(String(registered.json["client_id"]), createPkce());
  const login = await request(`${issuer}/authorize/?${params.toString()}`);
  expect([login.status, login.headers.get("location")]).toEqual([
    303,
    expect.stringMatching(/^\/interaction\/[\w-]+$/),
  ]);

  const { clientId, tokens } = await connect(system);
  const refreshed = await postForm(`${issuer}/token/`, {
    grant_type: "refresh_token",
    client_id: clientId,
    refresh_token: tokens.refresh_token,
  });
  expect(refreshed.status).toBe(200);
  const token = String(refreshed.json["access_token"]);
  expect((await postForm(`${issuer}/revoke/`, { client_id: clientId, token })).status).toBe(200);
});

// @rule RFC6749-3.1-2
it("preflight requests of web pages may have it, too", async () => {
  const answer = await request(`${system.issuer}/token/`, {
    method: "OPTIONS",
    headers: { origin: "https://app.example", "access-control-request-method": "POST" },
  });
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
});
