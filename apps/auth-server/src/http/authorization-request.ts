import { type AccessLevel, lowestLevel, toAccessLevel, toScopes } from "@taiga-mcp/service";
import { canonicalResource } from "../engine/canonical-resource.ts";
import { OAuthError } from "./oauth-error.ts";

/**
 * Parameters that are passed to the engine unchanged. It rejects the last three with an error code of
 * their own. All other parameters are ignored (RFC 6749 §3.1), including those of OpenID Connect: the
 * engine would reject `nonce` or `max_age` without the `openid` scope, which this server does not have.
 */
const PASSED = [
  "client_id",
  "redirect_uri",
  "response_type",
  "state",
  "code_challenge",
  "code_challenge_method",
  "request",
  "request_uri",
  "registration",
];

/**
 * Enough for the longest client id, redirect URI and `state` that clients are known to send. Anybody
 * can leave a record of this size by opening a link.
 */
const MAX_REQUEST_BYTES = 4 * 1024;

export interface AuthorizationRules {
  /** The only resource that tokens are issued for. */
  resource: string;
  accessLimit: AccessLevel;
}

/**
 * Normalises an authorization request for the engine. Repeated parameters stay repeated: the engine
 * rejects them (RFC 6749 §3.1) after it has checked where to send the error.
 *
 * - `scope`: one access level with all lower ones, at most the operator's limit. If the client names
 *   no known scope, all that the operator allows, because the user chooses on the consent page anyway.
 * - `resource`: in this server's spelling; this server's resource if absent.
 * - `response_mode`: dropped, so that the response is a redirect with a query.
 * - `prompt`: only `none` is passed on; login and consent are always required.
 *
 * @throws {OAuthError} `invalid_request` when the parameters are too long to be stored.
 */
export function toAuthorizationRequest(
  asked: URLSearchParams,
  rules: AuthorizationRules,
): URLSearchParams {
  const request = new URLSearchParams();
  for (const name of PASSED) for (const value of asked.getAll(name)) request.append(name, value);

  for (const value of toValues(asked, "resource")) {
    request.append("resource", canonicalResource(value, rules.resource) ?? value);
  }
  if (!request.has("resource")) request.append("resource", rules.resource);

  const scopes = asked.getAll("scope");
  for (const scope of scopes.length > 1 ? scopes : [toScope(scopes[0] ?? "", rules)]) {
    request.append("scope", scope);
  }
  if (asked.get("prompt") === "none") request.append("prompt", "none");
  return withinLimit(request);
}

function withinLimit(request: URLSearchParams): URLSearchParams {
  const sizes = [...request].map(([name, value]) => [name, Buffer.byteLength(value)] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (total <= MAX_REQUEST_BYTES) return request;
  const [longest = ""] = sizes.toSorted(([, one], [, other]) => other - one)[0] ?? [];
  throw new OAuthError(
    "invalid_request",
    `The parameters of the request must have at most ${MAX_REQUEST_BYTES} bytes together; the longest is ${longest}.`,
  );
}

function toScope(asked: string, { accessLimit }: AuthorizationRules): string {
  const level = toAccessLevel(asked.split(" ")) ?? accessLimit;
  return toScopes(lowestLevel(level, accessLimit)).join(" ");
}

/** Empty counts as absent: RFC 6749 §3.1. */
const toValues = (asked: URLSearchParams, name: string): string[] =>
  asked.getAll(name).filter((value) => value !== "");
