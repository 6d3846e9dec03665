import { OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from "@modelcontextprotocol/server";

/** An access token of the authorization server: 256 random bits as base64url. */
const ACCESS_TOKEN = /^[\w-]{43}$/;

export const isAccessTokenShape = (token: string): boolean => ACCESS_TOKEN.test(token);

/**
 * Refuses what cannot be a token of the authorization server without asking it, such as a Taiga token
 * or another service's JWT. `verifyAccessToken` throws `invalid_token` for it.
 */
export const requireTokenShape = (
  verifier: OAuthTokenVerifier,
  isTokenShape: (token: string) => boolean = isAccessTokenShape,
): OAuthTokenVerifier => ({
  verifyAccessToken: async (token) => {
    if (isTokenShape(token)) return await verifier.verifyAccessToken(token);
    throw new OAuthError(
      OAuthErrorCode.InvalidToken,
      "This is not an access token of this server's authorization server",
    );
  },
});
