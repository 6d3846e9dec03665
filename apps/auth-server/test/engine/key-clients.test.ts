import { exportJWK, generateKeyPair, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  authorize,
  createPkce,
  exchangeCode,
  introspect,
  postForm,
  postJson,
  REDIRECT_URI,
  refresh,
  toAuthorizeParams,
} from "../support/client.ts";
import { ASSERTION_TYPE, type KeyClient, registerKeyClient } from "../support/key-client.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
let client: KeyClient;
beforeEach(async () => {
  system = await startSystem();
  client = await registerKeyClient(system);
});
afterEach(() => system.close());

/** Passes client authentication only: the token does not exist. */
const attempt = (proof: Record<string, string>, at: { issuer: string } = system): Promise<Answer> =>
  refresh(at, client.id, "unknown", proof);

const past = { error: "invalid_grant" };
const stopped = { error: "invalid_client" };

describe("a client that registered a key", () => {
  // @rule RFC6749-2.3-1
  it("gets a code's tokens, refreshes and revokes with a new assertion each time", async () => {
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(client.id, pkce))).get("code") ?? "";
    const unproven = await exchangeCode(system, client.id, code, pkce);
    expect([unproven.status, unproven.json["error"]]).toEqual([401, "invalid_client"]);
    const first = await exchangeCode(system, client.id, code, pkce, await client.prove());
    expect(first.status).toBe(200);
    const token = String(first.json["refresh_token"]);
    expect((await refresh(system, client.id, token)).json).toMatchObject(stopped);
    const second = await refresh(system, client.id, token, await client.prove());
    expect(second.status).toBe(200);
    const accessToken = String(second.json["access_token"]);
    const revokeWith = (proof: Record<string, string>) =>
      postForm(`${system.issuer}/revoke`, { token: accessToken, ...proof });
    expect((await revokeWith({ client_id: client.id })).json).toMatchObject(stopped);
    expect((await introspect(system.issuer, accessToken)).json["active"]).toBe(true);
    const aud = `${system.issuer}/revoke`;
    expect((await revokeWith(await client.prove({ aud }))).status).toBe(200);
    expect((await introspect(system.issuer, accessToken)).json["active"]).toBe(false);
  });

  it("may use the issuer or the endpoint as the audience of an assertion", async () => {
    for (const aud of [system.issuer, `${system.issuer}/token`, ["x:y", system.issuer]]) {
      expect((await attempt(await client.prove({ aud }))).json).toMatchObject(past);
    }
  });

  // @rule RFC7523-3-2
  it("is authenticated by one of two replicas for one assertion, also when both are asked at once", async () => {
    const replica = await startSystem({ kv: system.store, settings: { ISSUER: system.issuer } });
    try {
      const proof = await client.prove();
      const places = [system, { issuer: replica.url }];
      const racing = [...places, ...places].map((at) => attempt(proof, at));
      const errors = (await Promise.all(racing)).map(({ json }) => json["error"]);
      expect(errors.filter((error) => error === past.error)).toHaveLength(1);
      expect(errors.filter((error) => error === stopped.error)).toHaveLength(3);
      for (const at of places) expect((await attempt(proof, at)).json).toMatchObject(stopped);
    } finally {
      await replica.close();
    }
  });

  // @rule RFC7523-3-2
  it("may use the jti of another client's assertion: each client has its own jtis", async () => {
    const other = await registerKeyClient(system);
    const jti = "the-same";
    expect((await attempt(await client.prove({ jti }))).json).toMatchObject(past);
    const answer = await refresh(system, other.id, "unknown", await other.prove({ jti }));
    expect(answer.json).toMatchObject(past);
  });

  const seconds = (ahead: number): number => Math.floor(Date.now() / 1000) + ahead;

  // @rule RFC7523-3-1
  it.each([
    ["addressed to another server", () => ({ aud: "https://elsewhere.example" })],
    ["addressed to the resource", () => ({ aud: system.config.resource })],
    ["without an audience", () => ({ aud: undefined })],
    ["that has expired", () => ({ exp: seconds(-10) })],
    ["that expires in a day", () => ({ exp: seconds(86_400) })],
    ["that never expires", () => ({ exp: undefined })],
    ["that is not yet valid", () => ({ nbf: seconds(60) })],
    ["without an id", () => ({ jti: undefined })],
    ["of another issuer", () => ({ iss: "another" })],
  ])("is not authenticated by an assertion %s", async (_what, claims) => {
    const answer = await attempt(await client.prove(claims()));
    expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
  });

  // @rule RFC7523-3-1
  it("is not authenticated by an assertion about a client other than its client_id", async () => {
    const answer = await attempt(await client.prove({ sub: "another" }));
    expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_request"]);
  });

  // @rule RFC7523-3-1
  it("is not authenticated with a key that is not its own, or with another algorithm", async () => {
    const { privateKey: strange } = await generateKeyPair("ES256");
    const { privateKey: rsa } = await generateKeyPair("RS256");
    const secret = new TextEncoder().encode("x".repeat(32));
    for (const options of [
      { key: strange },
      { alg: "RS256", key: rsa },
      { alg: "HS256", key: secret },
    ]) {
      expect((await attempt(await client.prove({}, options))).json).toMatchObject(stopped);
    }
    const unsigned = new UnsecuredJWT({ jti: "1" })
      .setIssuer(client.id)
      .setSubject(client.id)
      .setAudience(system.issuer)
      .setExpirationTime("1m")
      .encode();
    const proof = { client_assertion: unsigned, client_assertion_type: ASSERTION_TYPE };
    expect((await attempt(proof)).json).toMatchObject(stopped);
  });
});

describe("keys at a URL", () => {
  // @rule CIMD-6 RFC7591-2-4
  it("are refused with an error that says so: this service fetches no keys", async () => {
    const { status, json } = await postJson(`${system.issuer}/register`, {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "private_key_jwt",
      jwks_uri: "https://169.254.169.254/keys",
    });
    expect([status, json["error"]]).toEqual([400, "invalid_client_metadata"]);
    expect(json["error_description"]).toContain("jwks_uri is not supported");
  });

  // @rule RFC7591-2-4
  it("with private parts are refused", async () => {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const { status, json } = await postJson(`${system.issuer}/register`, {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [await exportJWK(privateKey)] },
    });
    expect([status, json["error"]]).toEqual([400, "invalid_client_metadata"]);
  });
});

describe("a client with a key instead of a secret", () => {
  // @rule GHSA-3p3g-vpw6-4w66
  it("is authenticated once for each assertion, also when four requests race", async () => {
    const { client_id: _, ...proof } = await client.prove({ jti: "one" });
    const attempt = () =>
      postForm(`${system.issuer}/token`, {
        grant_type: "refresh_token",
        refresh_token: "unknown",
        ...proof,
      });
    const errors = (await Promise.all([attempt(), attempt(), attempt(), attempt()])).map(
      ({ json }) => String(json["error"]),
    );
    expect(errors.toSorted()).toEqual([
      "invalid_client",
      "invalid_client",
      "invalid_client",
      "invalid_grant",
    ]);
  });
});
