import { type AccessLevel, lowestLevel, toAccessLevel, toScopes } from "@taiga-mcp/service";
import { toGrantScope } from "./records/grant-scope.ts";
import type { AccessTokenInfo, AccessTokens } from "./boundary/ports.ts";
import type { RecordStore } from "./records/record-store.ts";
import { outsideEngine } from "./boundary/store-unavailable.ts";

export interface AccessTokensDeps {
  /** Of access tokens. */
  tokens: Pick<RecordStore, "read">;
  /** Of grants. */
  grants: Pick<RecordStore, "read">;
  /** The operator's limit of today; it also applies to tokens issued under a higher one. */
  accessLimit: AccessLevel;
}

/**
 * Finds access tokens without oidc-provider's own introspection, which loads the token's client and
 * so fails for a valid token once the client is gone. It reads plain records, because building
 * oidc-provider's models takes a tenth of the time of an introspection.
 */
export const createAccessTokens = (deps: AccessTokensDeps): AccessTokens => ({
  find: (token) => outsideEngine(() => find(token, deps)),
});

async function find(
  value: string,
  { tokens, grants, accessLimit }: AccessTokensDeps,
): Promise<AccessTokenInfo | undefined> {
  const token = await tokens.read(value);
  if (token?.grantId === undefined || token.exp === undefined) return undefined;
  const grant = await grants.read(token.grantId);
  const limit = grant && toGrantScope(grant);
  const level = toAccessLevel((token.scope ?? "").split(" "));
  if (limit === undefined || level === undefined) return undefined;
  const { accountId } = token;
  if (accountId === undefined || accountId !== grant?.accountId) return undefined;
  const access = lowestLevel(level, limit.access, accessLimit);
  return {
    grantId: token.grantId,
    accountId,
    clientId: token.clientId ?? "",
    scopes: toScopes(access),
    audience: String(token.aud),
    issuedAt: token.iat ?? 0,
    expiresAt: token.exp,
    limits: { ...limit, access },
  };
}
