import { ClientDocumentError } from "../engine/boundary/client-document-error.ts";
import {
  type ClientMetadata,
  ClientMetadataError,
  type ClientRules,
  toClientMetadata,
} from "./registration-request.ts";

/** A client as described by its document, in the format of the engine. */
export type DocumentMetadata = Omit<ClientMetadata, "client_uri"> & { client_id: string };

/**
 * Parses a client metadata document by the rules of registration: it accepts the same redirect URIs,
 * leaves out the others, and ignores the same members. In addition, `client_id` must be the document's
 * address, the client must have a name, and there must be no shared secret, because the document is
 * public.
 *
 * @throws {ClientDocumentError} `refused`, naming member and rule.
 * @see draft-ietf-oauth-client-id-metadata-document-02 §4
 */
export function toDocumentMetadata(
  text: string,
  url: string,
  redirectSchemes: readonly string[] = [],
): DocumentMetadata {
  const document = toObject(text);
  if (document["client_id"] !== url) throw refused("client_id: must be the document's address.");
  if (document["client_name"] === undefined) throw refused("client_name: is missing.");
  if ("client_secret" in document || "client_secret_expires_at" in document) {
    throw refused("client_secret: must not be in a public document.");
  }
  const { client_uri: _unused, ...metadata } = toMetadata(document, {
    redirectSchemes,
  });
  if (metadata.token_endpoint_auth_method.startsWith("client_secret")) {
    throw refused("token_endpoint_auth_method: must be none or private_key_jwt.");
  }
  return { ...metadata, client_id: url };
}

function toObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw refused("It is not JSON.", error);
  }
  throw refused("It is not a JSON object.");
}

function toMetadata(document: Record<string, unknown>, rules: ClientRules): ClientMetadata {
  try {
    return toClientMetadata(document, rules);
  } catch (error) {
    if (error instanceof ClientMetadataError) throw refused(error.message, error);
    throw error;
  }
}

const refused = (message: string, cause?: unknown): ClientDocumentError =>
  new ClientDocumentError("refused", message, { cause });
