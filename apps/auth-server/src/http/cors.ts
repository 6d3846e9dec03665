import cors from "cors";
import { type RequestHandler, Router } from "express";
import { METADATA_PATHS } from "./metadata.ts";

const PREFLIGHT_MAX_AGE_SECONDS = 3600;

/**
 * Lets clients that run in a browser discover, register, and get and revoke tokens. These
 * endpoints know no cookies, so any origin may call them. Never for /authorize, which is a page,
 * nor for /introspect, which is for the resource server alone.
 */
export function createCors(): RequestHandler {
  const open = (methods: string[]): RequestHandler =>
    cors({
      origin: "*",
      methods,
      maxAge: PREFLIGHT_MAX_AGE_SECONDS,
      exposedHeaders: ["WWW-Authenticate", "Retry-After"],
    });
  return Router()
    .use([...METADATA_PATHS, "/jwks"], open(["GET"]))
    .use("/register", open(["GET", "POST", "PUT", "DELETE"]))
    .use(["/token", "/revoke"], open(["POST"]));
}
