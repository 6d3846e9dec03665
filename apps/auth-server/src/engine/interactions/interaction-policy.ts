import { interactionPolicy } from "oidc-provider";

/**
 * Requires login and consent for every authorization request: each grant needs its own Taiga login,
 * and any program on the user's machine can claim to be a public client (RFC 8252 §8.6).
 */
export function askEveryTime(): interactionPolicy.DefaultPolicy {
  const { Check } = interactionPolicy;
  const policy = interactionPolicy.base();
  policy
    .get("login")
    ?.checks.add(
      new Check(
        "login_every_time",
        "a login is needed for each authorization",
        "login_required",
        (ctx) =>
          ctx.oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    );
  policy
    .get("consent")
    ?.checks.add(
      new Check(
        "public_client_prompt",
        "clients require consent each time",
        "consent_required",
        (ctx) =>
          ctx.oidc.result?.consent === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    );
  return policy;
}
