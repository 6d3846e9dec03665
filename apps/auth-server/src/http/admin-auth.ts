import type { RequestHandler } from "express";
import { hash, timingSafeEqual } from "node:crypto";
import { OAuthError } from "./oauth-error.ts";

export interface AdminAuthDeps {
  /** Any of them is the operator's: one for each master key, so that a new one locks nobody out. */
  tokens: readonly string[];
  /** Runs after each failed attempt, to slow down guessing. */
  limitFailures: RequestHandler;
}

/** RFC 6750 §2.1: `b64token`. */
const BEARER = /^Bearer +(?<token>[\w.~+/-]+=*)$/i;

/** Lets only the operator's program through, by a bearer token made from the master key. */
export function createAdminAuth({ tokens, limitFailures }: AdminAuthDeps): RequestHandler {
  const expected = tokens.map(digest);
  return (req, res, next) => {
    const given = BEARER.exec(req.headers.authorization ?? "")?.groups?.["token"];
    if (given !== undefined && isAmong(digest(given), expected)) {
      next();
      return;
    }
    const error = given === undefined ? "" : ', error="invalid_token"';
    res.set("WWW-Authenticate", `Bearer realm="taiga-mcp admin"${error}`);
    limitFailures(req, res, (failure?: unknown) => {
      next(
        failure ??
          new OAuthError("invalid_token", "This is for the operator: the master key is needed."),
      );
    }) as unknown;
  };
}

/** Compares with each of them, so that the time does not tell which it is. */
const isAmong = (given: Buffer, expected: readonly Buffer[]): boolean =>
  expected.filter((one) => timingSafeEqual(given, one)).length > 0;

const digest = (text: string): Buffer => hash("sha256", text, "buffer");
