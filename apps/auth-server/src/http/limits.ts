import type { RequestHandler } from "express";
import { rateLimit, type Store } from "express-rate-limit";
import type { RateLimit } from "../storage/rate-limits.ts";
import { toNetwork } from "../storage/network.ts";
import { OAuthError } from "./oauth-error.ts";

export interface LimitOptions extends Omit<RateLimit, "name"> {
  /** Where requests are counted; without it, in this process. */
  store?: Store;
  /** One counter for all networks together. */
  isGlobal?: boolean;
}

/** A limit for each network, or for all together. Requests above it get 429 with `Retry-After`. */
export const createLimit = ({
  windowSeconds,
  maximum,
  store,
  isGlobal = false,
}: LimitOptions): RequestHandler =>
  rateLimit({
    windowMs: windowSeconds * 1000,
    limit: maximum,
    ...(store !== undefined && { store }),
    standardHeaders: "draft-8",
    legacyHeaders: false,
    keyGenerator: isGlobal ? () => "all" : toNetwork,
    handler: () => {
      throw new OAuthError(
        "too_many_requests",
        isGlobal
          ? "Too many such requests from all clients together. Wait and try again."
          : "Too many such requests from this address. Wait and try again.",
      );
    },
  });
