import { logFailure, type Logger, RETRY_AFTER_SECONDS } from "@taiga-mcp/service";
import type { KoaContextWithOIDC } from "oidc-provider";
import type { RenderFailure } from "./boundary/ports.ts";
import { StoreUnavailable } from "./boundary/store-unavailable.ts";

export interface FailuresDeps {
  renderFailure: RenderFailure;
  logger: Logger;
  /** Whether a browser shows the answer to a person. */
  isForBrowser: (path: string) => boolean;
}

/** Answers failures that oidc-provider leaves unanswered, and makes outages safe to retry. */
export const createFailures =
  (deps: FailuresDeps) =>
  async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    try {
      await next();
    } catch (error) {
      await answerFailure(ctx, error, deps);
    }
    if (ctx.status === 503) {
      // The failed request may be a redirect that deletes the cookie of the step before; the browser
      // needs it for another try.
      ctx.remove("Location");
      ctx.remove("Set-Cookie");
      ctx.set({ "Retry-After": String(RETRY_AFTER_SECONDS), "Cache-Control": "no-store" });
    }
  };

async function answerFailure(
  ctx: KoaContextWithOIDC,
  error: unknown,
  { renderFailure, logger, isForBrowser }: FailuresDeps,
): Promise<void> {
  const isOutage = error instanceof StoreUnavailable;
  const message = isOutage ? "store unavailable" : "authorization engine failed";
  logFailure(logger, "error", { err: error }, message);
  const out = isOutage
    ? { error: error.error, error_description: error.error_description ?? "" }
    : { error: "server_error", error_description: "This is a bug on our side." };
  ctx.status = isOutage ? 503 : 500;
  ctx.remove("Location");
  ctx.set("Cache-Control", "no-store");
  if (isForBrowser(ctx.path)) {
    ctx.body = await renderFailure({
      status: ctx.status,
      error: out.error,
      description: out.error_description,
    });
    ctx.type = "html";
  } else {
    ctx.body = out;
  }
}
