import type { CookieOptions, Request, Response } from "express";
import { FLOW_SECONDS } from "./application-flows.ts";

/** The cookie that remembers, in one browser, the trip to Taiga it is on. */
export interface FlowCookie {
  read(req: Request): string | undefined;
  set(res: Response, ticket: string): void;
  clear(res: Response): void;
}

/**
 * `Lax`, because the browser comes back by a link from another site. With https the `__Host-`
 * prefix keeps other hosts of the domain from planting one.
 *
 * @param issuer our own origin.
 */
export function createFlowCookie(issuer: string): FlowCookie {
  const isHttps = issuer.startsWith("https:");
  const name = isHttps ? "__Host-taiga-mcp-application" : "taiga-mcp-application";
  const options: CookieOptions = { httpOnly: true, sameSite: "lax", secure: isHttps, path: "/" };
  return {
    read: ({ headers }) =>
      headers.cookie
        ?.split(/; */)
        .find((cookie) => cookie.startsWith(`${name}=`))
        ?.slice(name.length + 1),
    set: (res, ticket) => res.cookie(name, ticket, { ...options, maxAge: FLOW_SECONDS * 1_000 }),
    clear: (res) => res.clearCookie(name, options),
  };
}
