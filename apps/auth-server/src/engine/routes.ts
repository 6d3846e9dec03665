/** Paths of oidc-provider's endpoints below the issuer. */
export const ROUTES = {
  authorization: "/authorize",
  token: "/token",
  registration: "/register",
  revocation: "/revoke",
  jwks: "/jwks",
} as const;
