import type { TaigaScope } from "@taiga-mcp/service";
import { toAddressQuery } from "@taiga-mcp/taiga-tools";
import { type RequestHandler, Router } from "express";

export const RESOURCE_NAME = "Taiga MCP";

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

export interface ProtectedResourceMetadataDeps {
  /** The MCP endpoint's address, as clients enter it. */
  resource: string;
  issuer: string;
  /** Every scope that a client may request, lowest first. */
  scopes: readonly TaigaScope[];
}

/**
 * The URL of the metadata of a resource: the well-known part goes between host and path.
 * @see RFC 9728 section 3.1
 */
export function toMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}${WELL_KNOWN}${pathname}`;
}

/** The two spellings of a path under which it is served. */
export const withFinalSlash = (path: string): string[] => [path, `${path}/`];

/**
 * Serves the metadata document at its own path, and at the root, where some clients look first.
 *
 * `offline_access` is not listed: a resource server should not list it (MCP authorization, "Scope
 * Selection Strategy").
 *
 * @see RFC 9728 section 2
 */
export function createProtectedResourceMetadata(deps: ProtectedResourceMetadataDeps): Router {
  const { resource, issuer, scopes } = deps;
  const path = `${WELL_KNOWN}${new URL(resource).pathname}`;
  const serve: RequestHandler = (req, res) => {
    const query = toAddressQuery(new URL(req.originalUrl, resource).search);
    const slash = req.path === `${path}/` ? "/" : "";
    res.set("Cache-Control", "public, max-age=300").json({
      // Clients compare this with the address that they were given, to the letter.
      resource: `${resource}${slash}${query}`,
      authorization_servers: [issuer],
      scopes_supported: scopes,
      bearer_methods_supported: ["header"],
      resource_name: RESOURCE_NAME,
    });
  };
  return Router({ strict: true, caseSensitive: true }).get(
    [...withFinalSlash(path), ...withFinalSlash(WELL_KNOWN)],
    serve,
  );
}
