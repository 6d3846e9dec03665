import type { RetryHandler } from "undici";
import { SentFailure, toErrorCode } from "./send-failure.ts";

/** Taiga, or a gateway in front of it, is overloaded or restarting. */
const RETRIED_STATUSES = new Set([429, 502, 503, 504]);
/** The connection failed or broke. A time-out of a slow Taiga is not retried. */
const RETRIED_ERRORS = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_ABORTED", // a proxy could not open a tunnel; aborted callers never get here
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_PRX_CONN",
  "UND_ERR_SOCKET",
]);
const FIRST_WAIT_MS = 200;
/** A user or a model waits for the answer: a longer wait is reported to them instead. */
const MAX_WAIT_MS = 3_000;

/** Decides whether undici sends a request again: reads only, at most `retries` times, soon. */
export const createRetryPolicy =
  (retries: number): RetryHandler.RetryCallback =>
  (error, { state, opts }, proceed) => {
    const waitMs = isRetried(error) ? toWaitMs(error, state.counter) : Infinity;
    if (opts.method !== "GET" || state.counter > retries || waitMs > MAX_WAIT_MS) {
      proceed(error);
      return;
    }
    // undici cancels the timer that is returned when the caller gives up meanwhile.
    return setTimeout(() => proceed(null), waitMs);
  };

function isRetried(error: Error): boolean {
  // undici would request the missing part of a broken answer; Taiga does not support ranges.
  if (error instanceof SentFailure && error.answered) return false;
  return RETRIED_STATUSES.has(toStatus(error) ?? 0) || RETRIED_ERRORS.has(toErrorCode(error) ?? "");
}

const toStatus = (error: Error): number | undefined =>
  "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;

function toWaitMs(error: Error, attempt: number): number {
  const asked = "headers" in error ? toRetryAfterSeconds(error.headers as HeaderFields) : undefined;
  return asked === undefined ? FIRST_WAIT_MS * 2 ** (attempt - 1) : asked * 1_000;
}

type HeaderFields = Record<string, string | string[] | undefined>;

/**
 * Seconds to wait before the next request, from `Retry-After` (RFC 9110 §10.2.3: seconds, or a date
 * that is read by the sender's own clock) or Taiga's `X-Throttle-Wait-Seconds`.
 */
export function toRetryAfterSeconds(headers: HeaderFields | null | undefined): number | undefined {
  const value = headers?.["retry-after"] ?? headers?.["x-throttle-wait-seconds"];
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const waitMs = Date.parse(value) - Date.parse(String(headers?.["date"]));
  return Number.isNaN(waitMs) ? undefined : Math.max(0, Math.ceil(waitMs / 1_000));
}
