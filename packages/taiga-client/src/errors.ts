/**
 * Why a call to Taiga failed. The codes:
 *
 * - `invalid_credentials`: login with a wrong name or password, or an inactive user.
 * - `token_not_valid`: the bearer or refresh token is wrong, expired or already rotated.
 * - `user_inactive`, `user_not_found`: the token is valid but its user is not: the grant has ended.
 * - `not_authenticated`: no credential was sent, or Taiga does not know the credential (a revoked
 *   application token).
 * - `permission_denied`: also Taiga's answer to a PATCH or DELETE of an object that does not
 *   exist.
 * - `project_archived`, `project_blocked`: the project can be read, not written.
 * - `invalid_request`, `validation_failed`: 4xx about the request; the latter has `fields`.
 * - `version_conflict`: someone changed the same field since the `version` that was sent.
 * - `version_invalid`: the `version` sent is missing, not a number, or newer than Taiga's.
 * - `throttled`: 429; `retryAfterSeconds` says when to try again.
 * - `unavailable`: no answer, or 502, 503, 504 from something before Taiga.
 * - `server_error`: Taiga failed.
 * - `unexpected_response`: an answer, but not one that Taiga gives.
 * - `aborted`: the caller's signal.
 */
export type TaigaErrorCode =
  | "invalid_credentials"
  | "token_not_valid"
  | "user_inactive"
  | "user_not_found"
  | "not_authenticated"
  | "permission_denied"
  | "project_archived"
  | "project_blocked"
  | "not_found"
  | "invalid_request"
  | "validation_failed"
  | "version_conflict"
  | "version_invalid"
  | "method_not_allowed"
  | "throttled"
  | "unavailable"
  | "server_error"
  | "unexpected_response"
  | "aborted";

/** Details of an error besides code and message; unknown ones are omitted. */
export interface TaigaErrorDetails {
  /** HTTP status, when Taiga answered. */
  status?: number | undefined;
  /** Taiga's messages by field; `__all__` and `non_field_errors` are about the whole object. */
  fields?: Record<string, string[]> | undefined;
  /** Seconds to wait before the next try, when the answer said so. */
  retryAfterSeconds?: number | undefined;
  /** See {@link TaigaError.outcomeUnknown}; false when left out. */
  outcomeUnknown?: boolean | undefined;
  /** See {@link TaigaError.quotesTaiga}; false when left out. */
  quotesTaiga?: boolean | undefined;
  /** For the log only. */
  cause?: unknown;
}

/**
 * A call to Taiga failed. `message` is English and safe to show: it never holds a token, a
 * password or a query, and names the fields that are wrong. `cause` is for the log only.
 */
export class TaigaError extends Error {
  readonly code: TaigaErrorCode;
  /** HTTP status; `undefined` when there was no answer. */
  readonly status: number | undefined;
  readonly fields: Record<string, string[]> | undefined;
  readonly retryAfterSeconds: number | undefined;
  /**
   * True when a write (anything but a GET) may have been carried out despite the error: it was sent,
   * and no refusal (3xx, 4xx) came back. Check the current state before sending it again.
   */
  readonly outcomeUnknown: boolean;
  /**
   * True when `message` repeats words of Taiga's answer. They may hold what its users wrote: mark
   * them as data before a model reads them.
   */
  readonly quotesTaiga: boolean;

  constructor(code: TaigaErrorCode, message: string, details: TaigaErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "TaigaError";
    this.code = code;
    this.status = details.status;
    this.fields = details.fields;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.quotesTaiga = details.quotesTaiga ?? false;
    this.outcomeUnknown = details.outcomeUnknown ?? false;
  }
}
