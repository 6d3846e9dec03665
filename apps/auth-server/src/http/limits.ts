import type { RequestHandler } from "express";
import { rateLimit } from "express-rate-limit";
import { OAuthError } from "./oauth-error.ts";

export interface LimitOptions {
  windowSeconds: number;
  /** Requests of one network address in a window. */
  maximum: number;
}

/**
 * A limit for each network address; the next request gets 429. Counted per process: an
 * installation of several replicas lets through as many times more.
 */
export const createLimit = ({ windowSeconds, maximum }: LimitOptions): RequestHandler =>
  rateLimit({
    windowMs: windowSeconds * 1000,
    limit: maximum,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    handler: () => {
      throw new OAuthError(
        "too_many_requests",
        "There were too many such requests from this address. Wait and try again.",
      );
    },
  });
