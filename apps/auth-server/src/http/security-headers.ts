import type { RequestHandler } from "express";
import helmet from "helmet";

/**
 * Headers for pages that ask for passwords: no site may frame them, and they load nothing from other
 * hosts.
 *
 * Deliberately different from helmet's defaults: no `form-action`, because Chromium applies it to the
 * redirect to the client that follows the consent form; no Cross-Origin-Opener-Policy, because a client
 * that opens the page in a popup would lose access to that window; `same-origin` as referrer policy,
 * because with `no-referrer`, browsers send the server's own forms with `Origin: null`.
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
    // Up to the proxy that terminates TLS.
    strictTransportSecurity: false,
  });
