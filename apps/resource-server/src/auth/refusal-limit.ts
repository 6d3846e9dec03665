import { toNetwork } from "@taiga-mcp/service";
import type { Request, RequestHandler } from "express";
import { type AugmentedRequest, rateLimit } from "express-rate-limit";

const WINDOW_SECONDS = 60;

/** What the bearer gate answers when it refuses the credentials of a request. */
const REFUSALS = new Set([400, 401, 403]);

export interface RefusalLimitOptions {
  /** Refused requests of one network in a minute. */
  maximum: number;
  /** Whether the token was accepted a moment ago; such requests are never limited. */
  isKnown: (token: string) => boolean;
}

/**
 * Limits the requests with a bad bearer token that one network makes in a minute, because each can cost
 * a request to the authorization server. Above the limit, tokens that are not known get 429. Requests
 * with a good token or none are not counted. Counts in this process.
 */
export const createRefusalLimit = ({ maximum, isKnown }: RefusalLimitOptions): RequestHandler =>
  rateLimit({
    windowMs: WINDOW_SECONDS * 1000,
    limit: maximum,
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: toNetwork,
    skip: (req) => {
      const token = readToken(req);
      return token === undefined || isKnown(token);
    },
    // Counted when it arrives, so that many at once are limited, too.
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_req, res) => !REFUSALS.has(res.statusCode),
    handler: (req, res) => {
      const wait = toWaitSeconds((req as AugmentedRequest)["rateLimit"]?.resetTime);
      res
        .status(429)
        .set({ "Cache-Control": "no-store", "Retry-After": String(wait) })
        .json({
          error: "too_many_requests",
          error_description: `More than ${maximum} requests with a bad access token came from your network address within ${WINDOW_SECONDS} seconds. Try again in ${wait} seconds with a token of this server. The operator can raise the limit with REFUSALS_PER_MINUTE.`,
        });
    },
  });

const toWaitSeconds = (resetTime: Date | undefined): number =>
  resetTime === undefined
    ? WINDOW_SECONDS
    : Math.max(1, Math.ceil((resetTime.getTime() - Date.now()) / 1000));

/** Everything after the scheme; whether it is a token is the bearer gate's question. */
const readToken = (req: Request): string | undefined =>
  /^Bearer +(\S.*)$/i.exec(req.headers.authorization ?? "")?.[1];
