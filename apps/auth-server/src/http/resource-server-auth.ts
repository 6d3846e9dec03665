import type { Request, RequestHandler } from "express";
import { hash, timingSafeEqual } from "node:crypto";
import { OAuthError } from "./oauth-error.ts";

export interface ResourceServerAuthDeps {
  clientId: string;
  clientSecret: string;
  /** Runs after each failed attempt, to slow down guessing. */
  limitFailures: RequestHandler;
}

interface Credentials {
  clientId: string;
  clientSecret: string;
}

/**
 * Accepts only the resource server, by HTTP Basic or by `client_id` and `client_secret` in the body
 * (RFC 6749 §2.3.1). Registered clients are rejected.
 *
 * Only failures are limited: guesses of an attacker must not lock out the resource server, and its
 * secret is far too long to be guessed.
 */
export function createResourceServerAuth(deps: ResourceServerAuthDeps): RequestHandler {
  const expected = { id: digest(deps.clientId), secret: digest(deps.clientSecret) };
  const expectedHeader = digest(toBasic(deps));
  return (req, res, next) => {
    if (isHeader(req, expectedHeader)) return next();
    const given = readCredentials(req);
    if (given !== undefined && isSame(given, expected)) return next();
    // Every response of an endpoint with authentication, so that a client knows the scheme.
    res.set("WWW-Authenticate", 'Basic realm="taiga-mcp", charset="UTF-8"');
    deps.limitFailures(req, res, (error?: unknown) => {
      next(error ?? new OAuthError("invalid_client", "Client authentication failed."));
    }) as unknown;
  };
}

/** A fast path for the exact header that the resource server sends at each request. */
function isHeader({ headers, body }: Request, expected: Buffer): boolean {
  const { authorization } = headers;
  if (authorization === undefined || hasSecret(body)) return false;
  return timingSafeEqual(digest(authorization), expected);
}

const hasSecret = (body: unknown): boolean => Object.hasOwn(body ?? {}, "client_secret");

function readCredentials(req: Request): Credentials | undefined {
  const { authorization } = req.headers;
  const body = (req.body ?? {}) as Record<string, unknown>;
  const { client_id: clientId, client_secret: clientSecret } = body;
  if (authorization !== undefined && clientSecret !== undefined) {
    throw new OAuthError("invalid_request", "Use only one authentication method.");
  }
  if (authorization !== undefined) return readBasic(authorization);
  if (typeof clientId !== "string" || typeof clientSecret !== "string") return undefined;
  return { clientId, clientSecret };
}

function readBasic(header: string): Credentials | undefined {
  const [, encoded] = /^basic ([a-z\d+/]+=*)$/i.exec(header) ?? [];
  if (encoded === undefined) return undefined;
  const [id = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  try {
    return { clientId: decodeForm(id), clientSecret: decodeForm(rest.join(":")) };
  } catch {
    return undefined;
  }
}

const toBasic = ({ clientId, clientSecret }: Credentials): string =>
  `Basic ${Buffer.from(`${encodeForm(clientId)}:${encodeForm(clientSecret)}`).toString("base64")}`;

const encodeForm = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);

/** Id and secret are form-encoded before they are joined: RFC 6749 §2.3.1. */
const decodeForm = (text: string): string => decodeURIComponent(text.replaceAll("+", " "));

/** Takes the same time whatever is wrong; compares hashes, so that lengths do not leak either. */
function isSame(given: Credentials, expected: { id: Buffer; secret: Buffer }): boolean {
  const isId = timingSafeEqual(digest(given.clientId), expected.id);
  const isSecret = timingSafeEqual(digest(given.clientSecret), expected.secret);
  return isId && isSecret;
}

const digest = (text: string): Buffer => hash("sha256", text, "buffer");
