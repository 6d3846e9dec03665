import { CodedError, ConfigurationError, UnavailableError } from "@taiga-mcp/service";
import { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import type { Installation } from "../operations/installation.ts";
import type { KeyRotation } from "../operations/key-rotation.ts";
import type { Logins } from "../operations/logins.ts";
import { answer, createAdminLogins, refuseMethod } from "./admin-logins.ts";
import { OAuthError } from "./oauth-error.ts";

export interface AdminRoutesDeps {
  /** Accepts only the operator; see admin-auth.ts. */
  authenticate: RequestHandler;
  inspect: () => Promise<Installation>;
  keyRotation: KeyRotation;
  logins: Pick<Logins, "list" | "end">;
}

/**
 * Routes of the private listener for the program `admin`:
 *
 * - GET /admin/status: configuration and state of the installation.
 * - GET /admin/keys: the keys, and how many records each has sealed.
 * - GET /admin/logins, POST /admin/logins/end: see admin-logins.ts.
 * - POST /admin/keys/rotate, POST /admin/keys/retire: the keys afterwards; 409 when it is too early.
 *
 * All responses are JSON that must not be cached. Without the operator's token, every path below
 * /admin is answered with 401, so the routes are not disclosed.
 */
export function createAdminRoutes(deps: AdminRoutesDeps): Router {
  const { keyRotation } = deps;
  const router = Router({ strict: true, caseSensitive: true });
  router.use("/admin", deps.authenticate);
  router.route("/admin/status").get(answer(deps.inspect)).all(refuseMethod("GET"));
  router
    .route("/admin/keys")
    .get(answer(() => keyRotation.report()))
    .all(refuseMethod("GET"));
  router
    .route("/admin/keys/rotate")
    .post(answer(() => keyRotation.rotate()))
    .all(refuseMethod("POST"));
  router
    .route("/admin/keys/retire")
    .post(answer(() => keyRotation.retire()))
    .all(refuseMethod("POST"));
  router.use(createAdminLogins(deps.logins));
  router.use("/admin", exposeToOperator);
  return router;
}

const TOO_EARLY = ["key_rotation_pending", "keys_in_use"] as const;

/**
 * Tells the operator details that other responses never contain: that it is too early, or which
 * setting is wrong. All other errors go to the last handler.
 */
const exposeToOperator: ErrorRequestHandler = (cause: unknown, _req, _res, next) => {
  const setting = findBadSetting(cause);
  if (setting !== undefined) {
    return next(new OAuthError("temporarily_unavailable", setting.message, { cause }));
  }
  const code = TOO_EARLY.find((one) => cause instanceof CodedError && cause.code === one);
  if (code === undefined) return next(cause);
  next(new OAuthError(code, (cause as CodedError).message, { cause }));
};

/** Finds the cause when MASTER_KEY does not open the key ring: it is wrapped in an UnavailableError. */
function findBadSetting(error: unknown): ConfigurationError | undefined {
  if (error instanceof ConfigurationError) return error;
  return error instanceof UnavailableError ? findBadSetting(error.cause) : undefined;
}
