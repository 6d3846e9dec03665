import { UnavailableError } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hash } from "../../src/storage/key-names.ts";
import { CredentialLostError, type Vault } from "../../src/vault/vault.ts";
import {
  type Answer,
  basicAuth,
  connect,
  postForm,
  postJson,
  REDIRECT_URI,
  request,
  revoke,
  type Tokens,
} from "../support/client.ts";
import { startSystem, type System, TAIGA_API_URL } from "../support/system.ts";

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

describe("token exchange on the private listener", () => {
  let system: System;
  let clientId: string;
  let tokens: Tokens;
  let giveToken: Vault["token"];

  beforeEach(async () => {
    giveToken = async () => ({
      token: "the-taiga-token",
      scheme: "Bearer",
      expiresAt: Math.floor(Date.now() / 1000) + 600,
    });
    system = await startSystem({ vault: { token: (...args) => giveToken(...args) } });
    ({ clientId, tokens } = await connect(system));
  });
  afterEach(() => system.close());

  const exchange = (
    overrides: Record<string, string> = {},
    headers: Record<string, string> = basicAuth(),
    url = system.privateUrl,
  ): Promise<Answer> =>
    postForm(
      `${url}/token`,
      {
        grant_type: GRANT_TYPE,
        subject_token: tokens.access_token,
        subject_token_type: ACCESS_TOKEN,
        resource: TAIGA_API_URL,
        ...overrides,
      },
      headers,
    );

  it("names the scheme of a Taiga token that is not a bearer token", async () => {
    giveToken = async () => ({
      token: "the-application-token",
      scheme: "Application",
      expiresAt: Math.floor(Date.now() / 1000) + 600,
    });
    expect((await exchange()).json).toMatchObject({
      access_token: "the-application-token",
      token_type: "N_A",
      taiga_auth_scheme: "Application",
    });
  });

  it("gives the resource server the Taiga token behind an access token", async () => {
    let grantId = "";
    const give = giveToken;
    giveToken = (id) => {
      grantId = id;
      return give(id);
    };
    const answer = await exchange();
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.json).toMatchObject({
      access_token: "the-taiga-token",
      issued_token_type: ACCESS_TOKEN,
      token_type: "Bearer",
    });
    expect(answer.json["expires_in"]).toBeGreaterThan(595);
    expect(await system.kv.get(system.keys.grant(grantId))).toBeDefined();
  });

  // @rule RFC8693-2-2
  it("passes on which token Taiga refused, so that it returns another one", async () => {
    let seen: unknown;
    const give = giveToken;
    giveToken = (id, options) => {
      seen = options;
      return give(id);
    };
    await exchange({ rejected_token_sha256: hash("refused") });
    expect(seen).toEqual({ rejected: hash("refused") });
    const bad = await exchange({ rejected_token_sha256: "refused" });
    expect(bad.json["error_description"]).toContain("rejected_token_sha256: must be a SHA-256");
  });

  // @rule RFC8693-2-2
  it("says that the user must reconnect when the Taiga login is over", async () => {
    giveToken = () => Promise.reject(new CredentialLostError());
    const answer = await exchange();
    expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_grant"]);
    expect(answer.json["error_description"]).toContain("must reconnect");
  });

  // @rule RFC8693-2-2
  it("says 503 when Taiga is down, never that the login is over", async () => {
    giveToken = () => Promise.reject(new UnavailableError("Taiga does not answer."));
    const answer = await exchange();
    expect([answer.status, answer.json["error"]]).toEqual([503, "temporarily_unavailable"]);
    expect(answer.headers.get("retry-after")).not.toBeNull();
  });

  // @rule RFC8693-2-1
  it("gives no Taiga token for a revoked or unknown token", async () => {
    expect((await exchange({ subject_token: "unknown" })).json["error"]).toBe("invalid_grant");
    expect((await exchange({ subject_token: tokens.refresh_token })).json["error"]).toBe(
      "invalid_grant",
    );
    await revoke(system, clientId, tokens.access_token);
    expect((await exchange()).json["error"]).toBe("invalid_grant");
  });

  // @rule RFC8693-2-1
  it("accepts only the resource server", async () => {
    expect((await exchange({}, {})).status).toBe(401);
    expect((await exchange({}, basicAuth({ clientId, clientSecret: "x" }))).status).toBe(401);
    expect((await exchange({ client_id: clientId }, {})).status).toBe(401);
  });

  it.each([
    [{ grant_type: "refresh_token" }, "unsupported_grant_type"],
    [{ subject_token_type: "urn:ietf:params:oauth:token-type:id_token" }, "invalid_request"],
    [{ requested_token_type: "urn:ietf:params:oauth:token-type:jwt" }, "invalid_request"],
    [{ resource: "https://another-taiga.example/api/v1" }, "invalid_target"],
    [{ resource: "nope" }, "invalid_request"],
    [{ subject_token: "" }, "invalid_request"],
  ])("refuses %j with %s", async (overrides, error) => {
    const answer = await exchange(overrides);
    expect([answer.status, answer.json["error"]]).toEqual([400, error]);
  });

  // @rule RFC8693-2-1
  it("is neither served, advertised nor registrable on the public listener", async () => {
    const asResourceServer = await exchange({}, basicAuth(), system.issuer);
    expect([asResourceServer.status, asResourceServer.json["error"]]).toEqual([
      401,
      "invalid_client",
    ]);
    const asClient = await exchange({ client_id: clientId }, {}, system.issuer);
    expect([asClient.status, asClient.json["error"]]).toEqual([400, "unsupported_grant_type"]);
    const metadata = await request(`${system.issuer}/.well-known/oauth-authorization-server`);
    expect(metadata.text).not.toContain("token-exchange");
    const registered = await postJson(`${system.issuer}/register`, {
      redirect_uris: [REDIRECT_URI],
      grant_types: ["authorization_code", GRANT_TYPE],
    });
    expect(registered.json["grant_types"]).toEqual(["authorization_code", "refresh_token"]);
  });

  // @rule RFC8693-2-1
  it("is the private listener's only OAuth flow: no registration, no authorization, no pages", async () => {
    for (const path of [
      "/register",
      "/authorize",
      "/revoke",
      "/jwks",
      "/",
      "/.well-known/openid-configuration",
    ]) {
      expect((await request(`${system.privateUrl}${path}`)).status).toBe(404);
    }
  });
});
