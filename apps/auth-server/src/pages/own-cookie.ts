import type { CookieOptions, Request, Response } from "express";
import { randomBytes } from "node:crypto";

/** A cookie with a 256-bit secret that identifies a browser. */
export interface OwnCookie {
  /** @returns `undefined` when it is absent or has a value that this server would never set. */
  read(req: Request): string | undefined;
  set(res: Response, secret: string): void;
  clear(res: Response): void;
}

export interface OwnCookieOptions {
  /** This server's origin. */
  issuer: string;
  /** Distinguishes this server's cookies from one another. */
  name: string;
  maxAgeSeconds: number;
}

/** URL-safe. */
export const createCookieSecret = (): string => randomBytes(32).toString("base64url");

const SECRET = /^[\w-]{43}$/;

/**
 * `Lax`, because the browser may come back through a link on another site. With https, the `__Host-`
 * prefix prevents other hosts of the domain from setting this cookie.
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
