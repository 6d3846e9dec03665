import { createLogger } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  authorize,
  connect,
  createPkce,
  postForm,
  postJson,
  REDIRECT_URI,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

describe("registering a client", () => {
  let system: System;
  beforeEach(async () => {
    system = await startSystem();
  });
  afterEach(() => system.close());

  const registerWith = (metadata: object) => postJson(`${system.issuer}/register`, metadata);

  // @rule RFC7591-2-1
  it("accepts the registration of Claude Code and returns no null members", async () => {
    const answer = await registerWith({
      client_name: "Claude Code (taiga)",
      redirect_uris: ["http://localhost:53211/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      application_type: "native",
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.json).toMatchObject({
      client_name: "Claude Code (taiga)",
      redirect_uris: ["http://localhost:53211/callback"],
      token_endpoint_auth_method: "none",
      application_type: "native",
    });
    expect(Object.values(answer.json)).not.toContain(null);
    expect(answer.json).not.toHaveProperty("client_secret");
  });

  // @rule RFC7591-2-2
  it("makes every client native, so that loopback and private-use redirects work and http elsewhere does not", async () => {
    const answer = await registerWith({
      application_type: "web",
      redirect_uris: ["cursor://anysphere.cursor-mcp/oauth/callback", "http://localhost:1/cb"],
    });
    expect(answer.status).toBe(201);
    expect(answer.json["application_type"]).toBe("native");
    const refused = await registerWith({
      application_type: "web",
      redirect_uris: ["http://evil.example/cb"],
    });
    expect(refused.json["error"]).toBe("invalid_redirect_uri");
  });

  // @rule RFC7591-2-1
  it("ignores members that the engine would reject: unknown scopes and grants, null and empty members", async () => {
    const answer = await registerWith({
      redirect_uris: [REDIRECT_URI],
      scope: "openid profile something:else",
      grant_types: ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
      client_uri: "",
      logo_uri: null,
      contacts: null,
      sector_identifier_uri: "https://internal.example/",
      jwks_uri: "https://169.254.169.254/keys",
    });
    expect(answer.status).toBe(201);
    expect(answer.json["grant_types"]).toEqual(["authorization_code", "refresh_token"]);
    expect(answer.json).not.toHaveProperty("scope");
    expect(answer.json).not.toHaveProperty("jwks_uri");
  });

  // @rule RFC7591-2-3
  it("defaults to a public client without a secret", async () => {
    const answer = await registerWith({ redirect_uris: [REDIRECT_URI] });
    expect(answer.json["token_endpoint_auth_method"]).toBe("none");
    expect(answer.json).not.toHaveProperty("client_secret");
    expect(answer.json["grant_types"]).toEqual(["authorization_code", "refresh_token"]);
  });

  // @rule RFC7591-2-3 RFC6749-2.3-1
  it("gives a confidential client a secret that works and is required", async () => {
    const answer = await registerWith({
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "client_secret_basic",
    });
    const { client_id: clientId, client_secret: secret } = answer.json;
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(String(clientId), pkce))).get("code");
    const form = {
      grant_type: "authorization_code",
      redirect_uri: REDIRECT_URI,
      code: String(code),
      code_verifier: pkce.verifier,
    };
    const basic = (password: string): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(`${String(clientId)}:${password}`).toString("base64")}`,
    });
    const wrong = await postForm(`${system.issuer}/token`, form, basic("wrong"));
    expect([wrong.status, wrong.json["error"]]).toEqual([401, "invalid_client"]);
    expect((await postForm(`${system.issuer}/token`, form, basic(String(secret)))).status).toBe(
      200,
    );
  });

  // @rule RFC7591-3.2.2-1
  it.each([
    [{}, "invalid_redirect_uri", "redirect_uris: is missing."],
    [{ redirect_uris: [] }, "invalid_redirect_uri", "redirect_uris: must name at least one URI."],
    [
      { redirect_uris: "https://a.example" },
      "invalid_redirect_uri",
      "redirect_uris: must be a list",
    ],
    [{ redirect_uris: [7] }, "invalid_redirect_uri", "redirect_uris[0]: must be text."],
    [
      { redirect_uris: ["https://a.example/#x"] },
      "invalid_redirect_uri",
      "redirect_uris[0]: must not have a fragment.",
    ],
    [
      { redirect_uris: Array.from({ length: 11 }, (_, index) => `https://a.example/${index}`) },
      "invalid_redirect_uri",
      "redirect_uris: must name at most 10 URIs.",
    ],
    [
      { redirect_uris: [REDIRECT_URI], grant_types: ["password"] },
      "invalid_client_metadata",
      "grant_types: must include authorization_code.",
    ],
    [
      { redirect_uris: [REDIRECT_URI], response_types: ["token"] },
      "invalid_client_metadata",
      "response_types: must include code.",
    ],
    [
      { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: "client_secret_jwt" },
      "invalid_client_metadata",
      "token_endpoint_auth_method: must be none,",
    ],
    [
      { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: "private_key_jwt" },
      "invalid_client_metadata",
      "jwks: is required",
    ],
  ])("refuses %j and names the field", async (metadata, error, description) => {
    const answer = await registerWith(metadata);
    expect(answer.status).toBe(400);
    expect(answer.json["error"]).toBe(error);
    expect(answer.json["error_description"]).toContain(description);
  });

  // @rule RFC7591-3.2.2-1
  it.each(["[]", '"text"', "null", "{"])("refuses the body %s with a JSON error", async (body) => {
    const answer = await request(`${system.issuer}/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(answer.status).toBe(400);
    expect(answer.json["error"]).toMatch(/^invalid_/);
  });

  // @rule RFC7591-5-1
  it("answers 413 to a body over 32 kB and 415 to a form, both as JSON", async () => {
    const large = await registerWith({
      redirect_uris: [REDIRECT_URI],
      client_name: "x".repeat(40_000),
    });
    expect([large.status, large.json["error"]]).toEqual([413, "invalid_request"]);
    const form = await postForm(`${system.issuer}/register`, { client_name: "x" });
    expect([form.status, form.json["error"]]).toEqual([415, "invalid_request"]);
  });

  it("prints nothing to the console", async () => {
    const lines: unknown[] = [];
    const original = console.warn;
    console.warn = (...args: unknown[]) => lines.push(args);
    try {
      const quiet = await startSystem({ logger: createLogger({ name: "test", level: "silent" }) });
      await connect(quiet);
      await quiet.close();
    } finally {
      console.warn = original;
    }
    expect(lines).toEqual([]);
  });
});
