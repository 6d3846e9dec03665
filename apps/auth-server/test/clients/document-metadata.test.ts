import { describe, expect, it } from "vitest";
import { toDocumentMetadata } from "../../src/clients/document-metadata.ts";
import { ClientDocumentError } from "../../src/engine/boundary/client-document-error.ts";

const URL = "https://apps.example/client";
const DOCUMENT = {
  client_id: URL,
  client_name: "App",
  redirect_uris: ["http://localhost/callback"],
};

const read = (members: object) =>
  toDocumentMetadata(JSON.stringify({ ...DOCUMENT, ...members }), URL);

describe("toDocumentMetadata", () => {
  // @rule CIMD-6
  it("keeps the members that a registration of a native client keeps, and no others", () => {
    const metadata = read({
      scope: "openid something:else",
      grant_types: ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
      application_type: "web",
      client_uri: "http://apps.example",
      logo_uri: "http://169.254.169.254/logo.png",
      jwks_uri: "https://apps.example/keys",
      sector_identifier_uri: "https://10.0.0.1/",
      tos_uri: null,
    });
    expect(metadata).toEqual({
      ...DOCUMENT,
      application_type: "native",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    });
  });

  // @rule CIMD-4
  it.each([
    [{ client_id: "https://apps.example/other" }, "client_id:"],
    [{ client_id: `${URL}/` }, "client_id:"],
    [{ client_id: undefined }, "client_id:"],
    [{ client_name: undefined }, "client_name: is missing"],
    [{ redirect_uris: undefined }, "redirect_uris: is missing"],
    [{ redirect_uris: ["http://apps.example/cb"] }, "redirect_uris[0]: must be https"],
    [{ redirect_uris: ["javascript:alert(1)"] }, "redirect_uris[0]: must not use the scheme"],
    [{ client_secret: "s" }, "client_secret:"],
    [{ client_secret_expires_at: 0 }, "client_secret:"],
    [{ token_endpoint_auth_method: "client_secret_basic" }, "token_endpoint_auth_method:"],
    [{ token_endpoint_auth_method: "client_secret_post" }, "token_endpoint_auth_method:"],
    [{ token_endpoint_auth_method: "client_secret_jwt" }, "token_endpoint_auth_method:"],
    [{ token_endpoint_auth_method: "private_key_jwt" }, "jwks: is required"],
  ])("refuses %j and names the member", (members, message) => {
    expect(() => read(members)).toThrow(ClientDocumentError);
    expect(() => read(members)).toThrow(message);
  });

  // @rule CIMD-4
  it.each(["<html>", "[]", '"text"', "null", ""])("refuses %j, which is not an object", (text) => {
    expect(() => toDocumentMetadata(text, URL)).toThrow(ClientDocumentError);
  });
});
