import type { RequestHandler } from "express";
import { hash, timingSafeEqual } from "node:crypto";
import { OAuthError } from "./oauth-error.ts";

export interface AdminAuthDeps {
  /** All accepted tokens: one for each master key, so that adding a key does not lock the operator out. */
  tokens: readonly string[];
  /** Runs after each failed attempt, to slow down guessing. */
  limitFailures: RequestHandler;
}

/** RFC 6750 §2.1: `b64token`. */
const BEARER = /^Bearer +(?<token>[\w.~+/-]+=*)$/i;

/** Accepts only the operator's program, by a bearer token that is derived from the master key. */
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
          new OAuthError(
            "invalid_token",
            "Only the operator may do this, with a token that is derived from the master key.",
          ),
      );
    }) as unknown;
  };
}

/** Compares with all of them, so that the duration does not reveal which one matches. */
const isAmong = (given: Buffer, expected: readonly Buffer[]): boolean =>
  expected.filter((one) => timingSafeEqual(given, one)).length > 0;

const digest = (text: string): Buffer => hash("sha256", text, "buffer");
