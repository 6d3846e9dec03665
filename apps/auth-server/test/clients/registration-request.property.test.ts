import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OAuthError, toOAuthError } from "../../src/http/oauth-error.ts";
import { findRedirectUriFault } from "../../src/clients/redirect-uri.ts";
import { ClientMetadataError, toClientMetadata } from "../../src/clients/registration-request.ts";

const KNOWN = [
  "redirect_uris",
  "client_name",
  "client_uri",
  "token_endpoint_auth_method",
  "grant_types",
  "response_types",
  "jwks",
  "application_type",
];

const anything = fc.jsonValue({ maxDepth: 2 });
const orAnything = <Value>(good: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: anything });
const uri = fc.constantFrom(
  "https://a.example/cb",
  "http://localhost:1/cb",
  "javascript:alert(1)",
  "",
  "x:y",
);
const grantType = fc.constantFrom("authorization_code", "refresh_token", "implicit", "password");
const body = fc.record(
  {
    redirect_uris: orAnything(fc.array(uri, { maxLength: 12 })),
    client_name: orAnything(fc.string({ unit: "binary", maxLength: 300 })),
    client_uri: orAnything(fc.oneof(fc.webUrl(), fc.constant("javascript:alert(1)"))),
    token_endpoint_auth_method: orAnything(
      fc.constantFrom("none", "client_secret_post", "private_key_jwt", "tls_client_auth"),
    ),
    grant_types: orAnything(fc.array(grantType)),
    response_types: orAnything(fc.array(fc.constantFrom("code", "token", "id_token"))),
    jwks: orAnything(fc.constant({ keys: [{ kty: "EC" }] })),
    scope: orAnything(fc.constant("taiga:read")),
    jwks_uri: fc.constant("http://169.254.169.254/"),
    sector_identifier_uri: fc.constant("http://169.254.169.254/"),
    client_id: fc.constant("chosen-by-the-client"),
    client_secret: fc.constant("chosen-by-the-client"),
    application_type: fc.constant("web"),
  },
  { requiredKeys: [] },
);

/** The result of a registration: metadata, or the refusal. */
function shape(sent: unknown): ReturnType<typeof toClientMetadata> | OAuthError {
  try {
    return toClientMetadata(sent);
  } catch (error) {
    if (error instanceof ClientMetadataError) return toOAuthError(error);
    throw error;
  }
}

describe("a registration with any members", () => {
  // @rule RFC7591-2-2 INPUT-2
  it("gives a native public client with permitted redirect URIs, or a refusal", () => {
    fc.assert(
      fc.property(fc.oneof(body, anything), (sent) => {
        const client = shape(sent);
        if (client instanceof OAuthError) return;
        expect(Object.keys(client).filter((key) => !KNOWN.includes(key))).toEqual([]);
        expect(client.application_type).toBe("native");
        expect(client.response_types).toEqual(["code"]);
        expect(client.grant_types).toContain("authorization_code");
        expect(client.grant_types.join(" ")).not.toMatch(/implicit|password/);
        expect(client.redirect_uris.length).toBeGreaterThan(0);
        expect(
          client.redirect_uris.map((uri) => findRedirectUriFault(uri)).filter(Boolean),
        ).toEqual([]);
        expect(Object.values(client)).not.toContain(null);
      }),
    );
  });

  // @rule RFC6749-5.2-1
  it("is refused with a code and text that RFC 6749 §5.2 allows, naming the field", () => {
    fc.assert(
      fc.property(fc.oneof(body, anything), (sent) => {
        const refusal = shape(sent);
        if (!(refusal instanceof OAuthError)) return;
        expect(refusal.status).toBe(400);
        expect(["invalid_redirect_uri", "invalid_client_metadata"]).toContain(refusal.code);
        expect(refusal.message).toMatch(
          /^(The body|[a-z_]+(\[\d+\])?:) [\x20-\x21\x23-\x5b\x5d-\x7e]+$/,
        );
      }),
    );
  });

  // @rule RFC7591-2-1
  it("is accepted when every known member is valid, whatever other members it has", () => {
    const good = { redirect_uris: ["http://127.0.0.1:7777/callback"] };
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), (extra) => {
        const others = Object.fromEntries(
          Object.entries(extra).map(([key, value]) => [`x_${key}`, value]),
        );
        expect(toClientMetadata({ ...others, ...good })).toEqual(toClientMetadata(good));
      }),
    );
  });
});
