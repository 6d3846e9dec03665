import helmet from "helmet";
import type { RequestHandler } from "express";
import { HOME_PAGE_STYLE_HASH } from "./home-page.ts";

/**
 * Headers for the one page we have and for browsers that are pointed at the rest. Nothing is
 * loaded, framed or submitted anywhere.
 *
 * @param resource our address; HSTS is sent for https only, so that a visit to http://localhost
 *   never locks other programs on that machine out.
 */
export const createSecurityHeaders = (resource: string): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "style-src": [HOME_PAGE_STYLE_HASH],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
      },
    },
    strictTransportSecurity: resource.startsWith("https:"),
    xFrameOptions: { action: "deny" },
  });
