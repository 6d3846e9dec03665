import { CodedError, ConfigurationError, UnavailableError } from "@taiga-mcp/service";
import { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import type { Installation } from "../operations/installation.ts";
import type { KeyRotation } from "../operations/key-rotation.ts";
import { OAuthError } from "./oauth-error.ts";

export interface AdminRoutesDeps {
  /** Lets only the operator through; see admin-auth.ts. */
  authenticate: RequestHandler;
  inspect: () => Promise<Installation>;
  keyRotation: KeyRotation;
}

/**
 * What the program `admin` asks of the running service, on the private listener:
 *
 * - GET /admin/status: how the installation is set up and how it is.
 * - GET /admin/keys: the keys, and how many records each seals.
 * - POST /admin/keys/rotate, POST /admin/keys/retire: the same afterwards; 409 when it is too early.
 *
 * All answers are JSON that no cache may keep. Who is not the operator learns nothing, not even
 * which of these there are.
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
  router.use("/admin", tellOperator);
  return router;
}

const answer =
  (work: () => Promise<object>): RequestHandler =>
  async (_req, res) => {
    res.set("Cache-Control", "no-store").json(await work());
  };

const TOO_EARLY = ["key_rotation_pending", "keys_in_use"] as const;

/**
 * The operator is told what nobody else would be: that it is too early, or which setting is wrong.
 * Everything else is left to the last handler.
 */
const tellOperator: ErrorRequestHandler = (cause: unknown, _req, _res, next) => {
  const setting = findBadSetting(cause);
  if (setting !== undefined) {
    return next(new OAuthError("temporarily_unavailable", setting.message, { cause }));
  }
  const code = TOO_EARLY.find((one) => cause instanceof CodedError && cause.code === one);
  if (code === undefined) return next(cause);
  next(new OAuthError(code, (cause as CodedError).message, { cause }));
};

/** A MASTER_KEY that does not open the keys is behind an error that says only that they are away. */
function findBadSetting(error: unknown): ConfigurationError | undefined {
  if (error instanceof ConfigurationError) return error;
  return error instanceof UnavailableError ? findBadSetting(error.cause) : undefined;
}

const refuseMethod =
  (allowed: string): RequestHandler =>
  (req, res) => {
    res.set("Allow", allowed);
    throw new OAuthError("invalid_request", `Use ${allowed}, not ${req.method}.`, { status: 405 });
  };
