import type { TaigaScope } from "@taiga-mcp/service";
import { type RequestHandler, Router } from "express";
import { toNarrowingQuery } from "@taiga-mcp/taiga-tools";

export const RESOURCE_NAME = "Taiga MCP";

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

export interface ProtectedResourceMetadataDeps {
  /** Our address, as clients enter it. */
  resource: string;
  issuer: string;
  /** What a client may ask for, lowest first. */
  scopes: readonly TaigaScope[];
}

/**
 * Where the metadata of a resource is: the well-known part goes between host and path.
 * @see RFC 9728 section 3.1
 */
export function toMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}${WELL_KNOWN}${pathname}`;
}

/**
 * Serves who we are, who issues our tokens and what they can be for, at the path of our address
 * and at the root, where some clients look first.
 *
 * `offline_access` is not listed: it is the authorization server's affair (MCP authorization,
 * "Scope Selection Strategy").
 *
 * @see RFC 9728 section 2
 */
export function createProtectedResourceMetadata(deps: ProtectedResourceMetadataDeps): Router {
  const { resource, issuer, scopes } = deps;
  const answer: RequestHandler = (req, res) => {
    const query = toNarrowingQuery(new URL(req.originalUrl, resource).search);
    res.set("Cache-Control", "public, max-age=300").json({
      // Clients compare this with the address they were given, its query included.
      resource: `${resource}${query}`,
      authorization_servers: [issuer],
      scopes_supported: scopes,
      bearer_methods_supported: ["header"],
      resource_name: RESOURCE_NAME,
    });
  };
  return Router().get([`${WELL_KNOWN}${new URL(resource).pathname}`, WELL_KNOWN], answer);
}
