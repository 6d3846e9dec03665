import { logFailure, type Logger, RETRY_AFTER_SECONDS, toProblem } from "@taiga-mcp/service";
import type { ErrorRequestHandler } from "express";
import { type ErrorPage, renderErrorPage } from "./views/error-page.ts";
import { InteractionError } from "./interaction-error.ts";
import { sendPage } from "./send-page.ts";

/** Turns every error of a browser route into a page, and logs the server errors. */
export const createPageErrorHandler =
  (logger: Logger): ErrorRequestHandler =>
  async (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    if (error instanceof InteractionError) {
      sendPage(res, error.status, await renderErrorPage(toInteractionPage(error)));
      return;
    }
    const { status, detail } = toProblem(error);
    if (status >= 500) {
      logFailure(logger, "error", { err: error, requestId: req.id }, "page request failed");
    }
    if (status === 503) res.set("Retry-After", String(RETRY_AFTER_SECONDS));
    sendPage(res, status, await renderErrorPage(toFailurePage(status, detail, req.id)));
  };

function toInteractionPage({ title, message, advice, action }: InteractionError): ErrorPage {
  return {
    title,
    message,
    ...(advice !== undefined && { advice }),
    ...(action !== undefined && { action }),
  };
}

function toFailurePage(status: number, detail: string, requestId: unknown): ErrorPage {
  const request = typeof requestId === "string" ? { requestId } : {};
  if (status === 503) {
    return {
      ...request,
      title: "Not available right now",
      message: "A service that this server depends on is not responding.",
      advice: "Nothing is lost. Try again in a moment.",
    };
  }
  if (status >= 500) {
    return {
      ...request,
      title: "Something went wrong",
      message: "This is an error of this server; you did nothing wrong.",
      advice:
        "Go back to your app and connect again. If the problem persists, tell your administrator.",
    };
  }
  return { title: "Invalid request", message: detail };
}
