import type { RequestHandler } from "express";
import { rateLimit } from "express-rate-limit";
import { toNetwork } from "../http/network.ts";
import type { RateLimits } from "../storage/rate-limits.ts";
import { InteractionError } from "./interaction-error.ts";
import { toBasePath } from "./interaction-path.ts";

const WINDOW_SECONDS = 5 * 60;
const FAILED_LOGINS = 20;

/**
 * Lets 20 logins of one network address fail in five minutes; those that succeed do not count, so
 * that an office behind one address can work. The interaction stays as it is.
 */
export const createLoginLimit = (rateLimits: RateLimits): RequestHandler =>
  rateLimit({
    windowMs: WINDOW_SECONDS * 1_000,
    limit: FAILED_LOGINS,
    store: rateLimits({ name: "login", windowSeconds: WINDOW_SECONDS, maximum: FAILED_LOGINS }),
    keyGenerator: toNetwork,
    skipSuccessfulRequests: true,
    standardHeaders: false,
    legacyHeaders: false,
    // Addresses come from TRUST_PROXY; a header that we do not trust is no reason to complain.
    validate: { xForwardedForHeader: false },
    handler: (req, res, next) => {
      res.set("Retry-After", String(WINDOW_SECONDS));
      next(new InteractionError("too_many_attempts", toBasePath(req.params["uid"])));
    },
  });
