import type { RequestHandler } from "express";
import { rateLimit, type Store } from "express-rate-limit";
import { notesOf } from "../engine/boundary/request-notes.ts";
import type { RateLimit, RateLimits } from "../storage/rate-limits.ts";
import { toNetwork } from "@taiga-mcp/service";
import { OAuthError } from "./oauth-error.ts";

export interface LimitOptions extends Omit<RateLimit, "name"> {
  /** What is counted, in the plural, for the refusal. */
  what: string;
  /** The setting that moves the limit, if there is one. */
  setting?: string;
  /** Where requests are counted; without it, in this process. */
  store?: Store;
  /** One counter for all networks together. */
  isGlobal?: boolean;
  /** Whether requests of newcomers (`createNewcomerNote`) are neither counted nor refused. */
  sparesNewcomers?: boolean;
}

/**
 * A limit for each network, or for all together. Requests above it get 429 with `Retry-After`, and a
 * text that says which limit it is, how long it lasts and which setting moves it.
 */
export const createLimit = ({
  what,
  setting,
  windowSeconds,
  maximum,
  store,
  isGlobal = false,
  sparesNewcomers = false,
}: LimitOptions): RequestHandler =>
  rateLimit({
    windowMs: windowSeconds * 1000,
    limit: maximum,
    ...(store !== undefined && { store }),
    standardHeaders: "draft-8",
    legacyHeaders: false,
    skip: (req) => sparesNewcomers && notesOf(req).isNewcomer,
    keyGenerator: isGlobal ? () => "all" : toNetwork,
    handler: (_req, res) => {
      const source = isGlobal ? "all clients together" : "one network address";
      const limit = `${maximum} ${what} in ${toDuration(windowSeconds)} from ${source}`;
      const wait = toDuration(Number(res.getHeader("Retry-After") ?? windowSeconds));
      const advice = setting === undefined ? "" : ` The operator can raise it with ${setting}.`;
      throw new OAuthError(
        "too_many_requests",
        `The limit of ${limit} is reached. Try again in ${wait}.${advice}`,
      );
    },
  });

/** Rounded up, so that an attempt after that time succeeds. */
const toDuration = (seconds: number): string =>
  seconds > 120 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;

/** Logins of one network to the account pages in a minute; a failed one leaves a record for ten. */
const ACCOUNT_LOGINS_PER_MINUTE = 60;

export function createAccountLoginLimit(rateLimits: RateLimits): RequestHandler {
  const limit = { name: "account-login", windowSeconds: 60, maximum: ACCOUNT_LOGINS_PER_MINUTE };
  return createLimit({ ...limit, what: "logins to the account pages", store: rateLimits(limit) });
}
