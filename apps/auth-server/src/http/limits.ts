import type { RequestHandler } from "express";
import { rateLimit, type Store } from "express-rate-limit";
import type { RateLimit } from "../storage/rate-limits.ts";
import { OAuthError } from "./oauth-error.ts";

export interface LimitOptions extends Omit<RateLimit, "name"> {
  /** Where requests are counted; in this process when left out. */
  store?: Store;
}

/** A limit for each network address; the next request gets 429. */
export const createLimit = ({ windowSeconds, maximum, store }: LimitOptions): RequestHandler =>
  rateLimit({
    windowMs: windowSeconds * 1000,
    limit: maximum,
    ...(store !== undefined && { store }),
    standardHeaders: "draft-8",
    legacyHeaders: false,
    handler: () => {
      throw new OAuthError(
        "too_many_requests",
        "There were too many such requests from this address. Wait and try again.",
      );
    },
  });
