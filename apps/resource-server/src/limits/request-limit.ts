// For the `req.auth` that the SDK's Express adapter declares.
import type {} from "@modelcontextprotocol/express";
import type { Clock } from "@taiga-mcp/service";
import express, { type Request, type RequestHandler } from "express";
import { grantOf } from "../auth/grant.ts";
import { createTokenBuckets } from "./token-buckets.ts";

export interface RequestLimitOptions {
  perMinute: number;
  clock: Clock;
}

/**
 * What a client sends while it connects. Claude Code shows no tools for the whole session after one 429
 * for `tools/list`, and falls back to an older revision after one for `server/discover`.
 */
const CONNECTING: readonly unknown[] = [
  "initialize",
  "notifications/initialized",
  "server/discover",
  "tools/list",
];

/** Of a body that is read above the limit. */
const MAX_CONNECTING_BODY = "64kb";

/**
 * Limits the requests of one grant, whatever they ask for; only those of a client that connects are
 * never refused. Tool calls have limits of their own.
 */
export function createRequestLimit({ perMinute, clock }: RequestLimitOptions): RequestHandler {
  const buckets = createTokenBuckets({ perMinute, clock });
  const readSmallBody = express.json({ limit: MAX_CONNECTING_BODY });
  return (req, res, next) => {
    const wait = req.auth === undefined ? 0 : buckets.take(grantOf(req.auth).grantId);
    if (wait === 0) return next();
    readSmallBody(req, res, (error?: unknown) => {
      if (error === undefined && CONNECTING.includes(methodOf(req))) return next();
      const message = `This connection may make ${perMinute} requests in a minute, and has made them. Nothing was done. Wait ${wait} s, then try again. The operator can raise the limit with REQUESTS_PER_MINUTE.`;
      res
        .status(429)
        .set({ "Retry-After": String(wait), "Cache-Control": "no-store" })
        .json({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null });
    });
  };
}

/** `undefined` for a batch. */
const methodOf = ({ body }: Request): unknown => (body as { method?: unknown } | undefined)?.method;
