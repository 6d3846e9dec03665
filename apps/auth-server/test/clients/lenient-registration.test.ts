// What a registration leaves out instead of refusing the client.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigurationError } from "@taiga-mcp/service";
import { parseConfig } from "../../src/config.ts";
import { toClientMetadata } from "../../src/clients/registration-request.ts";
import {
  authorize,
  createPkce,
  exchangeCode,
  postJson,
  REDIRECT_URI,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

const GOOD = { redirect_uris: [REDIRECT_URI] };
const FAULTY = ["javascript:alert(1)", "http://evil.example/cb", "myeditor://callback", 7, null];

describe("a registration", () => {
  let system: System;
  beforeEach(async () => {
    system = await startSystem();
  });
  afterEach(() => system.close());

  const registerWith = (metadata: object, at = system) =>
    postJson(`${at.issuer}/register`, metadata);

  // @rule RFC7591-2-5
  it.each([
    [
      "empty lists",
      { grant_types: [], response_types: [], contacts: [], token_endpoint_auth_method: [] },
    ],
    ["lists that are not lists", { grant_types: "authorization_code", response_types: 7 }],
    ["a script as client_uri", { client_uri: "javascript:alert(1)" }],
    ["a client_uri that is not a URI", { client_uri: "my app" }],
    ["a long client_uri", { client_uri: `https://a.example/${"x".repeat(2048)}` }],
    ["members that are not text", { client_uri: ["https://a.example"], client_name: { en: "A" } }],
    ["an empty key set", { jwks: { keys: [] } }],
    ["a key set that is not one", { jwks: "none" }],
    ["keys that the client does not use", { jwks: { keys: [{ kty: "EC", d: "private" }] } }],
  ])("leaves out %s", async (_what, members) => {
    const { status, json } = await registerWith({ ...GOOD, ...members });
    const plain = await registerWith(GOOD);
    expect(status).toBe(201);
    const { client_id, registration_access_token, registration_client_uri, ...left } = json;
    expect([client_id, registration_access_token, registration_client_uri]).not.toContain(
      undefined,
    );
    expect(plain.json).toMatchObject({
      ...left,
      client_id_issued_at: expect.any(Number) as number,
    });
  });

  // @rule RFC7591-2-5
  it("shortens a long name", async () => {
    const name = `${"x".repeat(198)}😀y`;
    const { status, json } = await registerWith({ ...GOOD, client_name: name });
    expect([status, json["client_name"]]).toEqual([201, `${"x".repeat(198)}…`]);
  });

  // @rule RFC7591-2-5
  it("registers the good ones of several redirect URIs, says which, and redirects to no other", async () => {
    const { status, json } = await registerWith({ redirect_uris: [...FAULTY, REDIRECT_URI] });
    expect([status, json["redirect_uris"]]).toEqual([201, [REDIRECT_URI]]);
    for (const uri of FAULTY) {
      const params = toAuthorizeParams(String(json["client_id"]), createPkce(), {
        redirect_uri: String(uri),
      });
      const page = await request(`${system.issuer}/authorize?${params.toString()}`);
      expect([page.status, page.headers.get("location")]).toEqual([400, null]);
    }
  });

  // @rule RFC7591-2-5
  it("is refused with the first fault when no redirect URI is good", async () => {
    const { status, json } = await registerWith({ redirect_uris: FAULTY });
    expect([status, json["error"]]).toEqual([400, "invalid_redirect_uri"]);
    expect(json["error_description"]).toBe("redirect_uris[0]: must not use the scheme javascript.");
  });

  // @rule RFC7591-2-5
  it("bounds the redirect URIs that it registers, not those that it leaves out", () => {
    const faulty = Array.from({ length: 20 }, (_, index) => `http://evil.example/${index}`);
    const good = Array.from({ length: 10 }, (_, index) => `https://a.example/${index}`);
    expect(toClientMetadata({ redirect_uris: [...faulty, ...good] }).redirect_uris).toEqual(good);
  });

  // @rule RFC7591-2-6
  it("of authorization_code only gets refresh_token, too, and is told", async () => {
    const { json } = await registerWith({ ...GOOD, grant_types: ["authorization_code"] });
    expect(json["grant_types"]).toEqual(["authorization_code", "refresh_token"]);
    const clientId = String(json["client_id"]);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    const tokens = await exchangeCode(system, clientId, code, pkce);
    expect(tokens.json["refresh_token"]).toEqual(expect.any(String));
  });

  // @rule RFC8252-7-2
  it("may use a scheme without a dot if the operator allows it, and no other", async () => {
    const redirect_uris = ["myeditor://callback"];
    const refused = await registerWith({ redirect_uris });
    expect(refused.json["error_description"]).toContain("ALLOWED_REDIRECT_SCHEMES");
    const open = await startSystem({ settings: { ALLOWED_REDIRECT_SCHEMES: "MyEditor, other" } });
    try {
      const allowed = await registerWith({ redirect_uris }, open);
      expect([allowed.status, allowed.json["redirect_uris"]]).toEqual([201, redirect_uris]);
      const another = await registerWith({ redirect_uris: ["myeditors://callback"] }, open);
      expect([another.status, another.json["error"]]).toEqual([400, "invalid_redirect_uri"]);
    } finally {
      await open.close();
    }
  });
});

// @rule RFC8252-7-2
it.each(["javascript", "file", "http", "https", "my:editor", "a,,b", "1a"])(
  "ALLOWED_REDIRECT_SCHEMES must not be %j",
  (value) => {
    const environment = {
      PUBLIC_URL: "https://mcp.example.com",
      TAIGA_API_URL: "https://taiga.example.com/api/v1",
    };
    const parse = () => parseConfig({ ...environment, ALLOWED_REDIRECT_SCHEMES: value });
    expect(parse).toThrow(ConfigurationError);
    expect(parse).toThrow(/ALLOWED_REDIRECT_SCHEMES: must/);
  },
);
