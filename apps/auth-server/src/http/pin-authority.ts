import type { RequestHandler } from "express";

/**
 * Makes every request look as if it had come to the issuer's address. The engine builds URLs from
 * the request (metadata, redirects, `Secure` cookies), so whatever Host, `X-Forwarded-*` or an
 * absolute request target (RFC 9112 §3.2.2) say must not reach it.
 *
 * @param issuer bare origin.
 */
export function createPinAuthority(issuer: string): RequestHandler {
  const { host, protocol } = new URL(issuer);
  return (req, _res, next) => {
    req.headers.host = host;
    req.headers["x-forwarded-proto"] = protocol.slice(0, -1);
    delete req.headers["x-forwarded-host"];
    delete req.headers["x-forwarded-port"];
    delete req.headers.forwarded;
    if (!req.url.startsWith("/")) req.url = toOriginForm(req.url);
    req.originalUrl = req.url;
    next();
  };
}

function toOriginForm(target: string): string {
  const url = URL.parse(target);
  return url === null ? "/" : `${url.pathname}${url.search}`;
}
