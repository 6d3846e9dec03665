/** An answer other than success, thrown anywhere below a route. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  /** @param body sent as JSON; `null` sends an empty body. */
  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Sent with every 401. */
const CHALLENGE = { "WWW-Authenticate": 'Bearer realm="api"' };

type ExceptionClass =
  | "BadRequest"
  | "WrongArguments"
  | "ParseError"
  | "NotAuthenticated"
  | "PermissionDenied"
  | "MethodNotAllowed"
  | "NotSupported"
  | "NotAcceptable"
  | "UnsupportedMediaType"
  | "Throttled"
  | "Blocked";

/** The shape of most refusals: a text and the name of taiga-back's exception class. */
export function apiException(
  status: number,
  type: ExceptionClass,
  message: string,
  headers: Record<string, string> = {},
): ApiError {
  const body = { _error_message: message, _error_type: `taiga.base.exceptions.${type}` };
  return new ApiError(status, body, headers);
}

export const badRequest = (message: string): ApiError => apiException(400, "BadRequest", message);

export const wrongArguments = (message: string): ApiError =>
  apiException(400, "WrongArguments", message);

/** Field errors: `{field: ["message"]}`. */
export const invalidFields = (errors: Record<string, unknown>): ApiError =>
  new ApiError(400, errors);

/** A 404 that names the model, or has an empty body without a name. */
export const notFound = (model?: string): ApiError =>
  new ApiError(404, {
    _error_message: model === undefined ? "" : `No ${model} matches the given query.`,
  });

export const notAuthenticated = (
  message = "Authentication credentials were not provided.",
): ApiError => apiException(401, "NotAuthenticated", message, CHALLENGE);

export const permissionDenied = (
  message = "You do not have permission to perform this action.",
): ApiError => apiException(403, "PermissionDenied", message);

export const blockedElement = (): ApiError => apiException(451, "Blocked", "Blocked element");

/** Problems with a token or with a login: `{detail, code}` with the challenge. */
export const tokenError = (detail: string, code: string, messages?: unknown[]): ApiError =>
  new ApiError(401, { detail, code, ...(messages && { messages }) }, CHALLENGE);

export const throttled = (): ApiError =>
  apiException(429, "Throttled", "Request was throttled.Expected available in 59 seconds.", {
    "X-Throttle-Wait-Seconds": "60",
  });

/** The HTML pages that Django returns outside the API's own error handling. */
export const htmlPage = (title: string, text: string): string =>
  `\n<!doctype html>\n<html lang="en">\n<head>\n  <title>${title}</title>\n</head>\n<body>\n` +
  `  <h1>${title}</h1><p>${text}</p>\n</body>\n</html>\n`;
