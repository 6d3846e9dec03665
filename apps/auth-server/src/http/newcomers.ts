import type { RequestHandler } from "express";
import { noteOn } from "../engine/boundary/request-notes.ts";
import { toSiteNetwork } from "@taiga-mcp/service";
import type { RateLimits } from "../storage/rate-limits.ts";

export interface NewcomersOptions {
  name: string;
  windowSeconds: number;
  /** Requests in a window with which a network still counts as a newcomer. */
  maximum: number;
  rateLimits: RateLimits;
}

/**
 * Notes on each request whether its network is a newcomer. Limits on everybody together spare
 * newcomers, so that a flood from many networks does not stop them. IPv6 networks are counted by the
 * prefix that a site gets, because its owner can use thousands of smaller ones.
 */
export function createNewcomerNote(options: NewcomersOptions): RequestHandler {
  const counter = options.rateLimits(options);
  return async (req, _res, next) => {
    const { totalHits } = await counter.increment(toSiteNetwork(req));
    noteOn(req, { isNewcomer: totalHits <= options.maximum });
    next();
  };
}
