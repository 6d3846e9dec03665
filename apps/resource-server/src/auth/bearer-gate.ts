// For the `req.auth` that the SDK's Express adapter declares.
import type {} from "@modelcontextprotocol/express";
import { OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from "@modelcontextprotocol/server";
import type { TaigaScope } from "@taiga-mcp/service";
import { toAddressQuery } from "@taiga-mcp/taiga-tools";
import type { Request, RequestHandler, Response } from "express";

export interface BearerGateDeps {
  verifier: OAuthTokenVerifier;
  /** URL of the RFC 9728 document, without a final slash and a query. */
  metadataUrl: string;
  /** Every scope that a client may request, lowest first. */
  scopes: readonly TaigaScope[];
}

/** RFC 6750 section 2.1: `b64token`. */
const BEARER = /^Bearer +(?<token>[\w.~+/-]+=*)$/i;
/** The scheme with credentials after it. The scheme alone is the same as no header. */
const BEARER_CREDENTIALS = /^Bearer\s+\S/i;

/**
 * Rejects every request without an active access token for this resource, whatever its method, and
 * before the body is read. The verified token is in `req.auth`.
 *
 * The challenge requests every scope, because many clients ask their user only once. An outage of the
 * authorization server is passed on as an error, never as a 401: clients discard their login on a 401.
 *
 * @see RFC 6750 section 3, MCP authorization
 */
export function createBearerGate({
  verifier,
  metadataUrl,
  scopes,
}: BearerGateDeps): RequestHandler {
  return async (req, res, next) => {
    const slash = req.path.endsWith("/") ? "/" : "";
    const resourceMetadataUrl = `${metadataUrl}${slash}${toAddressQuery(queryOf(req))}`;
    try {
      const authInfo = await verifier.verifyAccessToken(readToken(req));
      req.auth = { ...authInfo, resourceMetadataUrl };
    } catch (error) {
      const refusal = toRefusal(error);
      if (refusal === undefined) throw error;
      challenge(res, refusal, { scope: scopes.join(" "), resource_metadata: resourceMetadataUrl });
      return;
    }
    next();
  };
}

interface Refusal {
  status: 400 | 401 | 403;
  /** Omitted from the challenge when no credentials were sent: RFC 6750 section 3.1. */
  error: string;
  description: string;
  wasAnonymous?: boolean;
}

/** The request has no access token, or has it where it is not allowed. */
class TokenRequestError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.description);
    this.name = "TokenRequestError";
    this.refusal = refusal;
  }
}

function readToken(req: Request): string {
  if (new URLSearchParams(queryOf(req)).has("access_token")) {
    throw new TokenRequestError({
      status: 400,
      error: "invalid_request",
      description: "Send the access token in the Authorization header, never in the URL",
    });
  }
  const [header, ...others] = req.headersDistinct["authorization"] ?? [];
  if (others.length > 0) {
    // Node.js uses the first one and a proxy may use the last: reject instead of choosing.
    throw new TokenRequestError({
      status: 400,
      error: "invalid_request",
      description: "Send the Authorization header only once",
    });
  }
  if (header === undefined || !BEARER_CREDENTIALS.test(header)) {
    throw new TokenRequestError({
      status: 401,
      error: "invalid_token",
      description: "An access token is required",
      wasAnonymous: true,
    });
  }
  const token = BEARER.exec(header)?.groups?.["token"];
  if (token === undefined) {
    throw new TokenRequestError({
      status: 400,
      error: "invalid_request",
      description: "The Authorization header must be Bearer, a space, and one access token",
    });
  }
  return token;
}

function toRefusal(error: unknown): Refusal | undefined {
  if (error instanceof TokenRequestError) return error.refusal;
  if (!(error instanceof OAuthError)) return undefined;
  if (error.code === OAuthErrorCode.InvalidToken) {
    return { status: 401, error: error.code, description: error.message };
  }
  if (error.code === OAuthErrorCode.InsufficientScope) {
    return { status: 403, error: error.code, description: error.message };
  }
  return undefined;
}

function challenge(
  res: Response,
  { status, error, description, wasAnonymous = false }: Refusal,
  offer: { scope: string; resource_metadata: string },
): void {
  const parameters = {
    ...(!wasAnonymous && { error, error_description: description }),
    ...offer,
  };
  const text = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  res
    .status(status)
    .set("WWW-Authenticate", `Bearer ${text.join(", ")}`)
    .set("Cache-Control", "no-store")
    .json({ error, error_description: description });
}

const queryOf = (req: Request): string => {
  const start = req.originalUrl.indexOf("?");
  return start === -1 ? "" : req.originalUrl.slice(start + 1);
};
