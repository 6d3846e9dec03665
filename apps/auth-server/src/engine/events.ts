import type { Logger } from "@taiga-mcp/service";
import type { EventEmitter } from "node:events";
import type { errors, Provider } from "oidc-provider";
import { UnusableDocument } from "./records/document-clients.ts";
import { StoreUnavailable } from "./boundary/store-unavailable.ts";

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

/** Events that carry a request that was served. */
const SUCCESSES = [
  "authorization.success",
  "grant.success",
  "registration_create.success",
  "registration_delete.success",
  "registration_update.success",
] as const;

/** `grant.success` and `grant.invalid_grant`: the engine's event, and its error code if it is one. */
export type CountEvent = (event: string) => void;

/** Counts what the engine serves and refuses. Its error codes are few, and none is a caller's. */
export function countEngineEvents(provider: Provider, count: CountEvent): void {
  const emitter: EventEmitter = provider;
  for (const event of SUCCESSES) emitter.on(event, () => count(event));
  for (const event of REFUSALS) {
    emitter.on(event, (_ctx: unknown, { error }: errors.OIDCProviderError) => {
      count(event.replace("error", error));
    });
  }
}

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
