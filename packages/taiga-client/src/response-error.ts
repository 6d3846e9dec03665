import { describeFields, isRecord, parseJson, toFields, toMessage } from "./response-body.ts";
import { TaigaError } from "./errors.ts";
import type { TaigaErrorCode } from "./errors.ts";
import { toRetryAfterSeconds } from "./retry-policy.ts";
import type { TaigaHttpRequest, TaigaHttpResponse } from "./transport.ts";

/**
 * Maps an unsuccessful answer to a `TaigaError`, by status and shape. Texts are read only where
 * Taiga gives no other sign (archived projects, stale versions), and are English because every
 * request asks for English.
 * @see taiga-back taiga/base/api/views.py, taiga/base/exceptions.py, taiga/projects/occ/mixins.py
 */
export function toResponseError(
  { status, headers, text }: TaigaHttpResponse,
  method: TaigaHttpRequest["method"],
): TaigaError {
  const body = parseJson(text);
  const fields = status === 400 ? toFields(body) : undefined;
  const said = toMessage(body);
  const code = toCode(status, body, fields, said);
  const message = fields
    ? describeFields(fields)
    : (said ?? describe(code, { status, isHtml: text.trimStart().startsWith("<") }));
  return new TaigaError(code, message, {
    status,
    fields,
    quotesTaiga: fields !== undefined || said !== undefined,
    retryAfterSeconds: toRetryAfterSeconds(headers),
    // A gateway's 502 to 504 and Taiga's own 500 do not tell whether the write was done.
    outcomeUnknown: method !== "GET" && status >= 500,
  });
}

function toCode(
  status: number,
  body: unknown,
  fields: Record<string, string[]> | undefined,
  said: string | undefined,
): TaigaErrorCode {
  switch (status) {
    case 400:
      return fields === undefined ? "invalid_request" : toValidationCode(body, fields);
    case 401:
      return toAuthenticationCode(body);
    case 403:
      return /^Archived (element|project)$/.test(said ?? "")
        ? "project_archived"
        : "permission_denied";
    case 404:
      return "not_found";
    case 405:
      return "method_not_allowed";
    case 429:
      return "throttled";
    case 451:
      return "project_blocked";
    case 502:
    case 503:
    case 504:
      return "unavailable";
    default:
      if (status >= 500) return "server_error";
      return status >= 400 ? "invalid_request" : "unexpected_response";
  }
}

/** Only version errors have `version` as their single field; a stale version comes as bare text. */
function toValidationCode(body: unknown, fields: Record<string, string[]>): TaigaErrorCode {
  if (Object.keys(fields).join() !== "version") return "validation_failed";
  const version = isRecord(body) ? body["version"] : undefined;
  return typeof version === "string" && version !== "The version parameter is not valid"
    ? "version_conflict"
    : "version_invalid";
}

function toAuthenticationCode(body: unknown): TaigaErrorCode {
  const code = isRecord(body) ? body["code"] : undefined;
  return code === "invalid_credentials" ||
    code === "token_not_valid" ||
    code === "user_inactive" ||
    code === "user_not_found"
    ? code
    : "not_authenticated";
}

function describe(
  code: TaigaErrorCode,
  { status, isHtml }: { status: number; isHtml: boolean },
): string {
  switch (code) {
    case "not_found":
      return isHtml
        ? "Nothing is at this address; is it that of a Taiga API?"
        : "Taiga has no such object, or this user cannot see it";
    case "permission_denied":
      return "Taiga does not permit this";
    case "throttled":
      return "Taiga refuses further requests for now";
    case "unavailable":
      return `Taiga is unavailable (HTTP ${status})`;
    case "server_error":
      return `Taiga failed (HTTP ${status})`;
    case "unexpected_response":
      return status >= 300 && status < 400
        ? `Taiga's API redirects (HTTP ${status}); is its address right?`
        : `Taiga gave an unexpected answer (HTTP ${status})`;
    default:
      return `Taiga refused the request (HTTP ${status})`;
  }
}
