import { type Clock, createSingleFlight, UnavailableError } from "@taiga-mcp/service";
import { type RequestHandler, Router } from "express";

const WELL_KNOWN = "/.well-known/oauth-authorization-server";

/** As long as the authorization server lets clients keep the document. */
const MAX_AGE_SECONDS = 300;
const TIMEOUT_MS = 2_000;

export interface AuthorizationServerMetadataDeps {
  /** The MCP endpoint's address, as clients enter it. */
  resource: string;
  issuer: string;
  /** The authorization server's private listener, a bare origin. */
  authServerUrl: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
}

/**
 * Serves a copy of the authorization server's metadata on this host. Clients of MCP 2025-03-26 know no
 * protected resource metadata: they look for the authorization server where the MCP endpoint is. The
 * copy is also at the well-known address with the endpoint's path, where some clients look first.
 *
 * An authorization server that does not answer is 503, unless an older copy is there.
 *
 * @see MCP 2025-03-26, authorization, "Server Metadata Discovery"; RFC 8414 section 3.1
 */
export function createAuthorizationServerMetadata(deps: AuthorizationServerMetadataDeps): Router {
  const { resource, issuer, authServerUrl, fetch, clock } = deps;
  const once = createSingleFlight<object>();
  let copy: { document: object; expiresAt: number } | undefined;

  async function read(): Promise<object> {
    const response = await fetch(`${authServerUrl}${WELL_KNOWN}`, {
      headers: { accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`It responded with ${response.status}.`);
    }
    const document: unknown = await response.json();
    if (!isMetadataOf(document, issuer)) throw new Error("It responded with another document.");
    copy = { document, expiresAt: clock() + MAX_AGE_SECONDS };
    return document;
  }

  async function find(): Promise<object> {
    if (copy !== undefined && clock() < copy.expiresAt) return copy.document;
    try {
      return await once("metadata", read);
    } catch (cause) {
      if (copy !== undefined) return copy.document;
      throw new UnavailableError(
        "The authorization server did not respond as expected. Try again in a moment.",
        { cause },
      );
    }
  }

  const serve: RequestHandler = async (_req, res) => {
    const document = await find();
    res.set("Cache-Control", `public, max-age=${MAX_AGE_SECONDS}`).json(document);
  };
  return Router({ strict: true, caseSensitive: true }).get(
    [WELL_KNOWN, `${WELL_KNOWN}${new URL(resource).pathname}`],
    serve,
  );
}

const isMetadataOf = (document: unknown, issuer: string): document is object =>
  typeof document === "object" &&
  document !== null &&
  "issuer" in document &&
  document.issuer === issuer;
