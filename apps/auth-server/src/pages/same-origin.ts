import type { RequestHandler } from "express";
import { InteractionError } from "./interaction-error.ts";

/**
 * Lets only forms of our own pages in. Browsers send `Origin` with every POST and `Sec-Fetch-Site`
 * with every request to a secure origin; what is not sent is not checked, the CSRF token is.
 *
 * @param issuer the only origin allowed, compared exactly; so "null" is refused too.
 */
export const requireSameOrigin =
  (issuer: string): RequestHandler =>
  (req, _res, next) => {
    const origin = req.get("Origin");
    const site = req.get("Sec-Fetch-Site");
    const isForeign =
      (origin !== undefined && origin !== issuer) ||
      (site !== undefined && site !== "same-origin" && site !== "none");
    next(isForeign ? new InteractionError("foreign_form") : undefined);
  };
