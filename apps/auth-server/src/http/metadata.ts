import { toScopes } from "@taiga-mcp/service";
import { Router } from "express";
import type { Config } from "../config.ts";

/** Clients may keep the documents for five minutes. */
const CACHE_CONTROL = "public, max-age=300";

const CLIENT_AUTHENTICATION = [
  "none",
  "client_secret_basic",
  "client_secret_post",
  "private_key_jwt",
];

export interface MetadataDeps extends Pick<Config, "issuer" | "accessLimit"> {
  clients: Pick<Config["clients"], "takesDocuments">;
}

/**
 * The authorization server's metadata, built from configuration alone. One document serves both
 * well-known paths: clients that fetch OpenID's accept it only with three of OpenID's members, but
 * the server does not support the scope `openid`.
 *
 * @see RFC 8414 §2; OpenID Connect Discovery 1.0 §3; MCP authorization, "Authorization Server Metadata Discovery"
 */
export const toMetadata = ({
  issuer,
  accessLimit,
  clients,
}: MetadataDeps): Record<string, unknown> => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  registration_endpoint: `${issuer}/register`,
  revocation_endpoint: `${issuer}/revoke`,
  introspection_endpoint: `${issuer}/introspect`,
  jwks_uri: `${issuer}/jwks`,
  scopes_supported: toScopes(accessLimit),
  response_types_supported: ["code"],
  response_modes_supported: ["query"],
  grant_types_supported: ["authorization_code", "refresh_token"],
  code_challenge_methods_supported: ["S256"],
  token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
  token_endpoint_auth_signing_alg_values_supported: ["ES256", "RS256", "PS256", "EdDSA"],
  revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
  revocation_endpoint_auth_signing_alg_values_supported: ["ES256", "RS256", "PS256", "EdDSA"],
  introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
  authorization_response_iss_parameter_supported: true,
  ...(clients.takesDocuments && { client_id_metadata_document_supported: true }),
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["ES256"],
});

/** The address of RFC 8414 section 3. */
export const METADATA_PATH = "/.well-known/oauth-authorization-server";

/** Where metadata is served, below the issuer's root. */
export const METADATA_PATHS = [METADATA_PATH, "/.well-known/openid-configuration"];

/** GET of the well-known documents. */
export function createMetadataRoutes(deps: MetadataDeps, paths = METADATA_PATHS): Router {
  const document = toMetadata(deps);
  return Router({ strict: true, caseSensitive: true }).get(paths, (_req, res) => {
    res.set("Cache-Control", CACHE_CONTROL).json(document);
  });
}
