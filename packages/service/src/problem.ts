import { STATUS_CODES } from "node:http";
import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import { CodedError, UnavailableError } from "./errors.ts";
import { logFailure } from "./outages.ts";

/** RFC 9457 problem details, the shape of every error that no protocol has a shape of its own for. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
  /** The request's id in the log. */
  instance?: string;
  /** An extension member: the `code` of a `CodedError`, for programs. */
  error?: string;
}

/** How long a client should wait after a 503, in seconds. */
export const RETRY_AFTER_SECONDS = 5;

/** Answers a problem as JSON, whatever the client said it accepts. */
export function sendProblem(res: Response, { status, ...rest }: Problem): void {
  if (status === 503) res.set("Retry-After", String(RETRY_AFTER_SECONDS));
  res
    .status(status)
    .set("Cache-Control", "no-store")
    .type("application/problem+json")
    .send(JSON.stringify({ type: "about:blank", status, ...rest }));
}

/** The last route: requests that no other route answered. */
export const notFound: RequestHandler = (req, res) => {
  sendProblem(res, {
    status: 404,
    title: "Not Found",
    detail: `Nothing is served at ${req.method} ${req.path}.`,
  });
};

/**
 * What a thrown value is to an HTTP caller. Body-parser failures keep their 4xx status, an
 * `UnavailableError` is 503, another `CodedError` 400; all else is a bug and says nothing.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof UnavailableError) {
    return { status: 503, title: "Service Unavailable", detail: error.message, error: error.code };
  }
  if (error instanceof CodedError) {
    return { status: 400, title: "Bad Request", detail: error.message, error: error.code };
  }
  const status = clientErrorStatus(error);
  if (status !== undefined) {
    return {
      status,
      // Node.js still has the name of before RFC 9110.
      title: status === 413 ? "Content Too Large" : (STATUS_CODES[status] ?? "Bad Request"),
      detail: `The request could not be read: ${(error as Error).message}.`,
    };
  }
  return {
    status: 500,
    title: "Internal Server Error",
    detail: "This is a bug on our side. The log has more under the id in `instance`.",
  };
}

/** The last error handler: logs what is ours to mend, answers a problem, never a stack. */
export const problemHandler: ErrorRequestHandler = (error, req, res, next) => {
  const problem = toProblem(error);
  if (problem.status >= 500) logFailure(req.log, "error", { err: error }, "request failed");
  if (res.headersSent) return next(error);
  sendProblem(res, { ...problem, instance: `urn:uuid:${req.id as string}` });
};

/** body-parser and express throw `http-errors` with `status` and `expose`. */
function clientErrorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("status" in error)) return undefined;
  const { status } = error;
  return typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}
