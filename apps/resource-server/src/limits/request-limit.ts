// For the `req.auth` that the SDK's Express adapter declares.
import type {} from "@modelcontextprotocol/express";
import type { Clock } from "@taiga-mcp/service";
import type { RequestHandler } from "express";
import { grantOf } from "../auth/grant.ts";
import { createTokenBuckets } from "./token-buckets.ts";

export interface RequestLimitOptions {
  perMinute: number;
  clock: Clock;
}

/**
 * Limits all requests of one grant, whatever they ask for. It is far above what clients do, because a
 * client that gets 429 for its first requests shows no tools. Tool calls have limits of their own.
 */
export function createRequestLimit({ perMinute, clock }: RequestLimitOptions): RequestHandler {
  const buckets = createTokenBuckets({ perMinute, clock });
  return (req, res, next) => {
    const wait = req.auth === undefined ? 0 : buckets.take(grantOf(req.auth).grantId);
    if (wait === 0) return next();
    const message = `This connection may make ${perMinute} requests in a minute, and has made them. Wait ${wait} s, then try again. The operator can raise the limit with REQUESTS_PER_MINUTE.`;
    res
      .status(429)
      .set({ "Retry-After": String(wait), "Cache-Control": "no-store" })
      .json({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null });
  };
}
