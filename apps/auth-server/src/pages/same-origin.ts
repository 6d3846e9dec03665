import type { RequestHandler } from "express";
import { InteractionError } from "./interaction-error.ts";

/**
 * Accepts only forms of this server's own pages. Browsers send `Origin` with every POST and
 * `Sec-Fetch-Site` with every request to a secure origin. A missing header is accepted: the CSRF token
 * is checked in any case.
 *
 * Browsers and extensions that hide where a request comes from send the origin "null". It counts as
 * ours if the browser itself says that the request is from the same origin.
 *
 * @param issuer the only allowed origin, compared exactly.
 */
export const requireSameOrigin =
  (issuer: string): RequestHandler =>
  (req, _res, next) => {
    const origin = req.get("Origin");
    const site = req.get("Sec-Fetch-Site");
    const isHidden = origin === "null" && site === "same-origin";
    const isForeign =
      (origin !== undefined && origin !== issuer && !isHidden) ||
      (site !== undefined && site !== "same-origin" && site !== "none");
    next(isForeign ? new InteractionError("foreign_form") : undefined);
  };
