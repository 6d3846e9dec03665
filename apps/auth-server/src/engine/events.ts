import { logFailure, type Logger } from "@taiga-mcp/service";
import type { EventEmitter } from "node:events";
import type { errors, Provider } from "oidc-provider";
import type { EngineRequest } from "./boundary/ports.ts";
import { UnusableDocument } from "./records/document-clients.ts";
import { StoreUnavailable } from "./boundary/store-unavailable.ts";

/** oidc-provider emits these for a request that it refuses. */
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

/** oidc-provider emits these for a request that it serves. */
const SUCCESSES = [
  "authorization.success",
  "grant.success",
  "registration_create.success",
  "registration_delete.success",
  "registration_update.success",
] as const;

/**
 * @param event such as `grant.success` or `grant.invalid_grant`: the error code replaces `error`.
 */
export type CountEvent = (event: string) => void;

/** Counts requests by outcome. Error codes are a small fixed set that no caller can extend. */
export function countEngineEvents(provider: Provider, count: CountEvent): void {
  const emitter: EventEmitter = provider;
  for (const event of SUCCESSES) emitter.on(event, () => count(event));
  for (const event of REFUSALS) {
    emitter.on(event, (_ctx: unknown, { error }: errors.OIDCProviderError) => {
      count(event.replace("error", error));
    });
  }
}

/** @param address of the client that received tokens. */
export type OnGrantUsed = (use: { grantId: string; address: string }) => void;

/** Reports every answer with tokens. */
export function reportGrantUse(provider: Provider, report: OnGrantUsed): void {
  provider.on("grant.success", ({ oidc, req }) => {
    const { AccessToken } = oidc.entities;
    const grantId = AccessToken?.grantId;
    if (grantId === undefined) return;
    report({ grantId, address: (req as EngineRequest).ip ?? "" });
  });
}

/** Logs refusals and failures, without any parameter of the request. */
export function logEngineEvents(provider: Provider, logger: Logger): void {
  const emitter: EventEmitter = provider;
  for (const event of REFUSALS) {
    emitter.on(event, (_ctx: unknown, error: errors.OIDCProviderError) => {
      if (error instanceof StoreUnavailable) {
        logFailure(logger, "error", { err: error.cause, event }, "store unavailable");
        return;
      }
      if (error instanceof UnusableDocument) {
        // Only the operator may learn why a host is unreachable or forbidden.
        logger.warn({ err: error.cause, event }, "client metadata document unusable");
        return;
      }
      logger.info(
        { event, error: error.error, detail: error.error_detail },
        "OAuth request refused",
      );
    });
  }
  emitter.on("server_error", (_ctx: unknown, error: Error) => {
    logger.error({ err: error }, "authorization engine failed");
  });
  // Without a listener Koa would print to the console.
  emitter.on("error", (error: Error) =>
    logger.error({ err: error }, "authorization engine failed"),
  );
}
