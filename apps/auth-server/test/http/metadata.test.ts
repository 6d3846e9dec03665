import { discoverAuthorizationServerMetadata, registerClient } from "@modelcontextprotocol/client";
import * as oauth from "oauth4webapi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { METADATA_PATHS, toMetadata } from "../../src/http/metadata.ts";
import { request } from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

describe("metadata", () => {
  let system: System;
  beforeEach(async () => {
    system = await startSystem();
  });
  afterEach(() => system.close());

  // @rule RFC8414-3-1
  it.each(METADATA_PATHS)("is served at %s, cacheable and for any origin", async (path) => {
    const answer = await request(`${system.issuer}${path}`, {
      headers: { origin: "https://app.example" },
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual(toMetadata(system.config));
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  });

  // @rule RFC8414-3-1
  it("is accepted by independent clients at both paths", async () => {
    for (const algorithm of ["oauth2", "oidc"] as const) {
      const issuer = new URL(system.issuer);
      const response = await oauth.discoveryRequest(issuer, {
        algorithm,
        [oauth.allowInsecureRequests]: true,
      });
      const server = await oauth.processDiscoveryResponse(issuer, response);
      expect(server.issuer).toBe(system.issuer);
    }
    const metadata = await discoverAuthorizationServerMetadata(system.issuer);
    const client = await registerClient(system.issuer, {
      ...(metadata && { metadata }),
      clientMetadata: { redirect_uris: ["http://localhost:1/callback"], client_name: "SDK" },
    });
    expect(client.client_id).toBeTypeOf("string");
  });

  // @rule RFC8414-2-1 OMIT-5 OMIT-7
  it("is accurate", () => {
    expect(
      toMetadata({
        issuer: "https://auth.example",
        accessLimit: "write",
        clients: { takesDocuments: false },
      }),
    ).toEqual({
      issuer: "https://auth.example",
      authorization_endpoint: "https://auth.example/authorize",
      token_endpoint: "https://auth.example/token",
      registration_endpoint: "https://auth.example/register",
      revocation_endpoint: "https://auth.example/revoke",
      introspection_endpoint: "https://auth.example/introspect",
      jwks_uri: "https://auth.example/jwks",
      scopes_supported: ["taiga:read", "taiga:write"],
      response_types_supported: ["code"],
      response_modes_supported: ["query"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: [
        "none",
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
      ],
      token_endpoint_auth_signing_alg_values_supported: ["ES256", "RS256", "PS256", "EdDSA"],
      revocation_endpoint_auth_methods_supported: [
        "none",
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
      ],
      revocation_endpoint_auth_signing_alg_values_supported: ["ES256", "RS256", "PS256", "EdDSA"],
      introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
      authorization_response_iss_parameter_supported: true,
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
    });
  });

  // @rule CIMD-1
  it("advertises metadata documents when they are enabled, because some clients then use only those", async () => {
    const fetchDocument = () => Promise.reject(new Error("Nothing is fetched here."));
    const taking = await startSystem({ fetchDocument });
    try {
      for (const [at, offer] of [
        [system, undefined],
        [taking, true],
      ] as const) {
        const { json } = await request(`${at.issuer}${METADATA_PATHS[0] ?? ""}`);
        expect(json["client_id_metadata_document_supported"]).toBe(offer);
      }
    } finally {
      await taking.close();
    }
  });

  // @rule RFC8414-2-2
  it("names a key set that exists and has no private keys, the same on every replica", async () => {
    const answer = await request(`${system.issuer}/jwks`);
    const keys = answer.json["keys"] as Record<string, unknown>[];
    expect(answer.status).toBe(200);
    // Empty, because this server signs no tokens.
    expect(keys).toEqual([]);
    expect(answer.headers.get("content-type")).toContain("application/jwk-set+json");
    const replica = await startSystem({ kv: system.store });
    try {
      expect((await request(`${replica.issuer}/jwks`)).text).toBe(answer.text);
    } finally {
      await replica.close();
    }
  });
});
