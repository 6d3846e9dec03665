import { RETRY_AFTER_SECONDS, type Logger } from "@taiga-mcp/service";
import type { KoaContextWithOIDC } from "oidc-provider";
import type { RenderFailure } from "./boundary/ports.ts";
import { StoreUnavailable } from "./boundary/store-unavailable.ts";

export interface FailuresDeps {
  renderFailure: RenderFailure;
  logger: Logger;
  /** Whether a person with a browser is at the other end. */
  isForBrowser: (path: string) => boolean;
}

/** Answers what the engine itself does not: failures after its own error handler, and outages. */
export const createFailures =
  (deps: FailuresDeps) =>
  async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    try {
      await next();
    } catch (error) {
      await answerFailure(ctx, error, deps);
    }
    if (ctx.status === 503) {
      // What failed may have been the last step of a redirect, which took the browser's cookie for
      // the step before: that one must be there for another try.
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
  logger.error({ err: error }, isOutage ? "the store does not answer" : "the engine failed");
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
