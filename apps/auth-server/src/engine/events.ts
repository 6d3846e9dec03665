import type { Logger } from "@taiga-mcp/service";
import type { EventEmitter } from "node:events";
import type { errors, Provider } from "oidc-provider";
import { UnusableDocument } from "./document-clients.ts";
import { StoreUnavailable } from "./store-unavailable.ts";

/** Events that carry a refused request. */
const REFUSALS = [
  "authorization.error",
  "grant.error",
  "jwks.error",
  "registration_create.error",
  "registration_delete.error",
  "registration_read.error",
  "registration_update.error",
  "revocation.error",
] as const;

/** Logs what the engine refuses and what goes wrong in it; never a parameter of the request. */
export function logEngineEvents(provider: Provider, logger: Logger): void {
  const emitter: EventEmitter = provider;
  for (const event of REFUSALS) {
    emitter.on(event, (_ctx: unknown, error: errors.OIDCProviderError) => {
      if (error instanceof StoreUnavailable) {
        logger.error({ err: error.cause, event }, "the store does not answer");
        return;
      }
      if (error instanceof UnusableDocument) {
        // Why a host could not be reached, or may not be, is for the operator alone.
        logger.warn({ err: error.cause, event }, "a client's metadata document cannot be used");
        return;
      }
      logger.info({ event, error: error.error, detail: error.error_detail }, "refused");
    });
  }
  emitter.on("server_error", (_ctx: unknown, error: Error) => {
    logger.error({ err: error }, "the engine failed");
  });
  // Without a listener Koa would print to the console.
  emitter.on("error", (error: Error) => logger.error({ err: error }, "the engine failed"));
}
