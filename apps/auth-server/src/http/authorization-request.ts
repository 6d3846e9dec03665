import { type AccessLevel, lowestLevel, toAccessLevel, toScopes } from "@taiga-mcp/service";
import { canonicalResource } from "../engine/canonical-resource.ts";

/**
 * Parameters that reach the engine as they are. The last three are for the engine to refuse by
 * name; all others are ignored (RFC 6749 §3.1). OpenID's are among those: the engine would refuse
 * `nonce` or `max_age` without the `openid` scope, which we do not have.
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

export interface AuthorizationRules {
  /** The one resource there are tokens for. */
  resource: string;
  accessLimit: AccessLevel;
}

/**
 * What a client asked for, in the words the engine understands. Repeated parameters stay
 * repeated, so that the engine refuses them (RFC 6749 §3.1) after it has checked where to say so.
 *
 * - `scope`: one access level with all below it, at most the operator's limit; everything we can
 *   give when none of ours is named, because the user chooses on the consent page anyway.
 * - `resource`: our own spelling of it; ours when absent.
 * - `response_mode`: dropped, so that the answer is a redirect with a query.
 * - `prompt`: only `none` matters; login and consent happen every time.
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
  return request;
}

function toScope(asked: string, { accessLimit }: AuthorizationRules): string {
  const level = toAccessLevel(asked.split(" ")) ?? accessLimit;
  return toScopes(lowestLevel(level, accessLimit)).join(" ");
}

/** Empty counts as absent: RFC 6749 §3.1. */
const toValues = (asked: URLSearchParams, name: string): string[] =>
  asked.getAll(name).filter((value) => value !== "");
