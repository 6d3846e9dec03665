import { logFailure, type Logger, RETRY_AFTER_SECONDS } from "@taiga-mcp/service";
import type { ErrorRequestHandler, Request, RequestHandler } from "express";
import type { RenderFailure } from "../engine/boundary/ports.ts";
import { OAuthError, sendOAuthError, toOAuthError } from "./oauth-error.ts";

export interface ErrorHandlerDeps {
  logger: Logger;
  renderFailure: RenderFailure;
}

/** The last error handler: a page for browsers, RFC 6749 JSON for programs, never a stack trace. */
export const createErrorHandler =
  ({ logger, renderFailure }: ErrorHandlerDeps): ErrorRequestHandler =>
  async (cause: unknown, req, res, next) => {
    const error = toOAuthError(cause);
    const { id: requestId } = req;
    if (error.status >= 500) {
      logFailure(logger, "error", { err: cause, requestId }, "request failed");
    } else logger.info({ error: error.code, detail: error.message, requestId }, "request refused");
    if (res.headersSent) return next(cause);
    if (!isForPerson(req)) return sendOAuthError(res, error);
    if (error.status === 503) res.set("Retry-After", String(RETRY_AFTER_SECONDS));
    const code = error.status === 404 ? "not_found" : error.code;
    const page = await renderFailure({
      status: error.status,
      error: code,
      description: error.message,
      ...(typeof requestId === "string" && { requestId }),
    });
    res.status(error.status).set("Cache-Control", "no-store").type("html").send(page);
  };

/** The last route: no other route has matched. */
export const notFound: RequestHandler = (req) => {
  throw new OAuthError("invalid_request", `Nothing is served at ${req.method} ${req.path}.`, {
    status: 404,
  });
};

/** Paths for programs, whatever they accept. */
const FOR_PROGRAMS =
  /^\/(token|register|revoke|introspect|revocations|admin|jwks|healthz|readyz|\.well-known)(\/|$)/;

const isForPerson = (req: Request): boolean =>
  req.path.startsWith("/authorize") ||
  (!FOR_PROGRAMS.test(req.path) && req.accepts(["json", "html"]) === "html");
