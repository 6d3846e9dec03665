import type { CookieOptions, Request, Response } from "express";
import { randomBytes } from "node:crypto";

/** A cookie with a secret of 256 bits, by which one browser is known again. */
export interface OwnCookie {
  /** @returns `undefined` also for what we never set. */
  read(req: Request): string | undefined;
  set(res: Response, secret: string): void;
  clear(res: Response): void;
}

export interface OwnCookieOptions {
  /** Our own origin. */
  issuer: string;
  /** Tells our cookies apart. */
  name: string;
  maxAgeSeconds: number;
}

/** URL-safe. */
export const createCookieSecret = (): string => randomBytes(32).toString("base64url");

const SECRET = /^[\w-]{43}$/;

/**
 * `Lax`, because the browser may come back by a link from another site. With https the `__Host-`
 * prefix keeps other hosts of the domain from planting one.
 */
export function createOwnCookie({
  issuer,
  name: part,
  maxAgeSeconds,
}: OwnCookieOptions): OwnCookie {
  const isHttps = issuer.startsWith("https:");
  const name = `${isHttps ? "__Host-" : ""}taiga-mcp-${part}`;
  const options: CookieOptions = { httpOnly: true, sameSite: "lax", secure: isHttps, path: "/" };
  return {
    read: ({ headers }) => {
      const text = headers.cookie
        ?.split(/; */)
        .find((cookie) => cookie.startsWith(`${name}=`))
        ?.slice(name.length + 1);
      return text !== undefined && SECRET.test(text) ? text : undefined;
    },
    set: (res, secret) => res.cookie(name, secret, { ...options, maxAge: maxAgeSeconds * 1_000 }),
    clear: (res) => res.clearCookie(name, options),
  };
}
