import { type AccessLevel, lowestLevel, toAccessLevel, toScopes } from "@taiga-mcp/service";
import type { Provider } from "oidc-provider";
import type { AccessTokenInfo, AccessTokens } from "./ports.ts";
import type { GrantLimitsStore } from "./grant-limits.ts";
import { outsideEngine } from "./store-unavailable.ts";

export interface AccessTokensDeps {
  provider: Provider;
  limits: GrantLimitsStore;
  /** The operator's limit as it is now, also for tokens from before it was lowered. */
  accessLimit: AccessLevel;
}

/**
 * Looks access tokens up without the engine's own introspection, which asks for the token's
 * client and so fails for a valid token once the client is gone.
 */
export const createAccessTokens = (deps: AccessTokensDeps): AccessTokens => ({
  find: (token) => outsideEngine(() => find(token, deps)),
});

async function find(
  value: string,
  { provider, limits, accessLimit }: AccessTokensDeps,
): Promise<AccessTokenInfo | undefined> {
  const token = await provider.AccessToken.find(value);
  if (token?.grantId === undefined || token.exp === undefined || token.isExpired) return undefined;
  const [grant, limit] = await Promise.all([
    provider.Grant.find(token.grantId),
    limits.find(token.grantId),
  ]);
  const level = toAccessLevel([...token.scopes]);
  if (grant === undefined || limit === undefined || level === undefined) return undefined;
  if (grant.isExpired || grant.accountId !== token.accountId) return undefined;
  const access = lowestLevel(level, limit.access, accessLimit);
  return {
    grantId: token.grantId,
    accountId: token.accountId,
    clientId: token.clientId ?? "",
    scopes: toScopes(access),
    audience: String(token.aud),
    issuedAt: token.iat,
    expiresAt: token.exp,
    limits: { ...limit, access },
  };
}
