import { CodedError, RETRY_AFTER_SECONDS, UnavailableError } from "@taiga-mcp/service";
import type { Response } from "express";
import { ClientMetadataError } from "../clients/registration-request.ts";

/**
 * Codes of RFC 6749 §5.2, RFC 6750 §3.1, RFC 7591 §3.2.2 and RFC 8707 §2, with their usual statuses;
 * the key_ ones are our own.
 */
const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_token: 401,
  invalid_grant: 400,
  invalid_target: 400,
  unsupported_grant_type: 400,
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  key_rotation_pending: 409,
  keys_in_use: 409,
  too_many_requests: 429,
  temporarily_unavailable: 503,
  server_error: 500,
} as const;

/** A refusal of one of our own OAuth endpoints; `message` becomes the `error_description`. */
export class OAuthError extends CodedError<keyof typeof STATUS> {
  readonly status: number;

  /** @param options.status where HTTP knows better than the code, such as 405 or 413. */
  constructor(
    code: keyof typeof STATUS,
    message: string,
    options: ErrorOptions & { status?: number } = {},
  ) {
    super(code, message, options);
    this.status = options.status ?? STATUS[code];
  }
}

/** What any thrown value is to a client; all that is not ours is a bug and says nothing. */
export function toOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  if (error instanceof ClientMetadataError) {
    return new OAuthError(error.code, error.message, { cause: error });
  }
  if (error instanceof UnavailableError) {
    return new OAuthError("temporarily_unavailable", error.message, { cause: error });
  }
  const status = clientErrorStatus(error);
  if (status !== undefined) {
    const message = `The request could not be read: ${toReason(error as Error)}.`;
    return new OAuthError("invalid_request", message, { cause: error, status });
  }
  return new OAuthError("server_error", "This is a bug on our side.", { cause: error });
}

/** Answers RFC 6749 §5.2 JSON. */
export function sendOAuthError(res: Response, error: OAuthError): void {
  if (error.status === 503) res.set("Retry-After", String(RETRY_AFTER_SECONDS));
  res
    .status(error.status)
    .set("Cache-Control", "no-store")
    // A message may name what the caller sent, which may hold any character.
    .json({ error: error.code, error_description: error.message.replaceAll(NOT_ALLOWED, "'") });
}

/** All but what RFC 6749 §5.2 allows in an `error_description`. */
const NOT_ALLOWED = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/g;

/** Never V8's message for malformed JSON: it quotes the body, which may contain a secret. */
const toReason = (error: Error): string =>
  "type" in error && error.type === "entity.parse.failed" ? "it is not JSON" : error.message;

/** body-parser and express throw `http-errors`, which carry a status. */
function clientErrorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("status" in error)) return undefined;
  const { status } = error;
  return typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}
