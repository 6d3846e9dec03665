import { DecoratorHandler } from "undici";
import type { Dispatcher } from "undici";
import { TaigaError } from "./errors.ts";

/** A failure after a request had started to be sent, so the server may have acted on it. */
export class SentFailure extends Error {
  /** Whether an answer had begun to arrive. */
  readonly answered: boolean;

  constructor(cause: Error, answered: boolean) {
    super("The request failed after it was sent", { cause });
    this.name = "SentFailure";
    this.answered = answered;
  }
}

/** The signals of requests that were being sent; each request has its own. */
const sentSignals = new WeakSet<object>();

/** Whether the request with this signal was being sent, however it failed. */
export const wasSent = (signal: AbortSignal): boolean => sentSignals.has(signal);

/** The same failure with the mark, for failures that do not pass `markSent`. */
export const toSentFailure = (error: unknown): unknown =>
  error instanceof SentFailure || error instanceof TaigaError || !(error instanceof Error)
    ? error
    : new SentFailure(error, true);

/**
 * Marks failures of requests that were already being sent on an open connection; all others never
 * reached a server. Without the mark, the DNS interceptor would send a POST again, to another address, when
 * an open connection times out.
 */
export const markSent: Dispatcher.DispatcherComposeInterceptor =
  (dispatch) => (options, handler) => {
    let sent = false;
    let answered = false;
    const marking: Dispatcher.DispatchHandler = new DecoratorHandler(handler);
    marking.onRequestStart = (controller, context) => {
      handler.onRequestStart?.(controller, context);
      sent = !controller.aborted;
      const signal = "signal" in options ? options.signal : undefined;
      if (sent && signal instanceof AbortSignal) sentSignals.add(signal);
    };
    marking.onResponseStart = (...answer) => {
      answered = true;
      handler.onResponseStart?.(...answer);
    };
    marking.onResponseError = (controller, error) =>
      handler.onResponseError?.(controller, sent ? new SentFailure(error, answered) : error);
    return dispatch(options, marking);
  };

/** The original error from undici or Node.js, without the mark. */
const toCause = (error: unknown): unknown => (error instanceof SentFailure ? error.cause : error);

/** `ECONNRESET`, `UND_ERR_HEADERS_TIMEOUT` …; `undefined` when the error has none. */
export function toErrorCode(error: unknown): string | undefined {
  const cause = toCause(error);
  if (!(cause instanceof Error) || !("code" in cause)) return undefined;
  return typeof cause.code === "string" ? cause.code : undefined;
}

/**
 * Maps the failure of a request without an answer to a `TaigaError`; returns bugs unchanged.
 * @param how `aborted` by the caller; `late` when the time limit was over.
 */
export function toSendError(
  error: unknown,
  { isWrite, aborted, late = false }: { isWrite: boolean; aborted: boolean; late?: boolean },
): unknown {
  if (error instanceof TaigaError) return withOutcome(error, isWrite);
  if (toErrorCode(error) === "UND_ERR_INVALID_ARG" && !isProxyRefusal(error)) return error;

  const details = { outcomeUnknown: isWrite && mayHaveArrived(error) };
  if (aborted) return new TaigaError("aborted", "The call to Taiga was cancelled", details);
  return new TaigaError("unavailable", describe(error, late), {
    ...details,
    cause: toCause(error),
  });
}

/** A proxy that requires authentication (407); undici reports an invalid argument after sending. */
const isProxyRefusal = (error: unknown): boolean =>
  error instanceof SentFailure && toErrorCode(error) === "UND_ERR_INVALID_ARG";

const mayHaveArrived = (error: unknown): boolean =>
  error instanceof SentFailure && !isProxyRefusal(error);

/** An unreadable answer to a write: Taiga acted on the request, but the outcome is unknown. */
const withOutcome = (error: TaigaError, isWrite: boolean): TaigaError =>
  error.code === "unexpected_response"
    ? new TaigaError(error.code, error.message, { outcomeUnknown: isWrite })
    : error;

function describe(error: unknown, late: boolean): string {
  if (!mayHaveArrived(error)) return "Taiga cannot be reached";
  return late || toErrorCode(error)?.endsWith("_TIMEOUT") === true
    ? "Taiga did not answer in time"
    : "The connection to Taiga broke off";
}
