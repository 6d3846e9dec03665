import type { RequestHandler } from "express";
import helmet from "helmet";

/**
 * Headers for pages that ask for passwords: nothing may frame them and they load nothing foreign.
 *
 * Deliberately not helmet's defaults: no `form-action`, because Chromium applies it to the
 * redirect to the client that follows the consent form; no Cross-Origin-Opener-Policy, because
 * clients that open us in a popup would lose it; `same-origin` as referrer policy, because with
 * `no-referrer` browsers send our own forms with `Origin: null`.
 */
export const createSecurityHeaders = (): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginOpenerPolicy: false,
    crossOriginResourcePolicy: false,
    frameguard: { action: "deny" },
    referrerPolicy: { policy: "same-origin" },
    // https is the business of whoever terminates it.
    strictTransportSecurity: false,
  });
