import { type AccessLevel, type Clock, toScopes } from "@taiga-mcp/service";
import type { JWK } from "jose";
import { generateKeyPairSync } from "node:crypto";
import {
  type AdapterFactory,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
  type Provider,
} from "oidc-provider";
import { createCookieKeys } from "../secrets/cookie-keys.ts";
import type { Config } from "../config.ts";
import type { RootKeys } from "../secrets/root-keys.ts";
import { type DocumentClients, UnusableDocument } from "./records/document-clients.ts";
import { INTERACTION_TTL_SECONDS, SESSION_TTL_SECONDS } from "../storage/interaction-lifetimes.ts";
import { askEveryTime } from "./interactions/interaction-policy.ts";
import { canonicalResource } from "./canonical-resource.ts";
import type { RenderFailure } from "./boundary/ports.ts";
import { ROUTES } from "./routes.ts";
import { insideEngine } from "./boundary/store-unavailable.ts";

/**
 * How far the clock of this machine, with which oidc-provider compares times, may be from the
 * store's, which decides: `createRecordStore` and `verifyAssertionTimes` compare with that one.
 */
const MACHINE_TOLERANCE_SECONDS = 600;

/** How far the clock of a client that dates an assertion may be from the store's. */
const CLIENT_TOLERANCE_SECONDS = 5;

/** How far ahead a client may date the end of an assertion (RFC 7523 §3). */
const MAX_ASSERTION_SECONDS = 3600;

export interface ConfigurationDeps {
  issuer: string;
  /** The MCP endpoint, the only audience of tokens. */
  resource: string;
  accessLimit: AccessLevel;
  /** Their derived keys sign cookies. */
  rootKeys: RootKeys;
  clock: Clock;
  tokens: Config["tokens"];
  grants: Config["grants"];
  adapter: AdapterFactory;
  /** Whether the Taiga login behind a grant still works, as far as the store knows. */
  hasLiveLogin: (grantId: string) => Promise<boolean>;
  /** `undefined` when clients can only be registered. */
  documentClients: DocumentClients | undefined;
  renderFailure: RenderFailure;
}

/**
 * Every setting of oidc-provider that differs from its default or must not follow a new default.
 */
export const toConfiguration = (deps: ConfigurationDeps): Configuration => ({
  adapter: deps.adapter,
  jwks: { keys: [createUnusedSigningKey()] },
  routes: ROUTES,
  scopes: [],
  responseTypes: ["code"],
  subjectTypes: ["public"],
  pkce: { required: () => true },
  clockTolerance: MACHINE_TOLERANCE_SECONDS,
  clientBasedCORS: () => true,
  ...toClientRules(deps),
  ...toTokenRules(deps),
  ...toUserRules(deps),
  features: toFeatures(deps),
  ...(deps.documentClients && { fetch: deps.documentClients.fetch }),
  // Documents are measured when they are fetched and when they are parsed; the default is less.
  fetchResponseBodyLimits: { "client_id metadata document": Number.POSITIVE_INFINITY },
  renderError: async (ctx, out, error) => {
    ctx.type = "html";
    ctx.body = await deps.renderFailure({
      status: ctx.status,
      error: out.error,
      ...(error instanceof UnusableDocument && { subject: "client_document" }),
      description: out.error_description,
      clientName: ctx.oidc?.client?.clientName,
      ...(out.error === "invalid_redirect_uri" && {
        refusedAddress: toText(ctx.oidc?.params?.["redirect_uri"]),
      }),
      requestId: toText(ctx.req.id),
    });
  },
});

const toText = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

/**
 * oidc-provider accepts no client without a key for the default algorithm of ID tokens. Access
 * tokens are opaque and there are no ID tokens, so this key signs nothing and `/jwks` is empty.
 */
export const createUnusedSigningKey = (): JWK => ({
  ...(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
    format: "jwk",
  }) as JWK),
  alg: "ES256",
  use: "sig",
});

const toClientRules = ({ clock }: ConfigurationDeps): Configuration => ({
  clientAuthMethods: ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
  clientDefaults: {
    application_type: "native",
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    id_token_signed_response_alg: "ES256",
  },
  enabledJWA: {
    idTokenSigningAlgValues: ["ES256"],
    clientAuthSigningAlgValues: ["ES256", "RS256", "PS256", "EdDSA"],
  },
  assertJwtClientAuthClaimsAndHeader: async (_ctx, claims) => verifyAssertionTimes(claims, clock()),
});

/** @param now by the store's clock. */
function verifyAssertionTimes({ exp, nbf }: { exp?: unknown; nbf?: unknown }, now: number): void {
  if (Number(exp) <= now - CLIENT_TOLERANCE_SECONDS)
    throw new errors.InvalidClientAuth("the assertion has expired");
  if (nbf !== undefined && Number(nbf) > now + CLIENT_TOLERANCE_SECONDS)
    throw new errors.InvalidClientAuth("the assertion is not valid yet");
  // The store remembers each assertion until it expires, and a stolen one is usable until then.
  if (Number(exp) > now + MAX_ASSERTION_SECONDS)
    throw new errors.InvalidClientAuth("the assertion ends too far in the future");
}

const toTokenRules = (deps: ConfigurationDeps): Configuration => ({
  ttl: {
    AccessToken: deps.tokens.accessTokenTtlSeconds,
    AuthorizationCode: deps.tokens.authorizationCodeTtlSeconds,
    // Until the code is redeemed; `Lifetimes` then extends the record in the store.
    Grant: deps.grants.newGrantTtlSeconds,
    RefreshToken: deps.grants.grantTtlSeconds,
    Interaction: INTERACTION_TTL_SECONDS,
    Session: SESSION_TTL_SECONDS,
  },
  // Also without `offline_access`: without a refresh token, clients send users back to the login.
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: true,
  expiresWithSession: async () => false,
  revokeGrantPolicy: () => true,
  findAccount: async (ctx, accountId, token) => {
    canonicalizeResource(ctx, deps.resource);
    const grantId = token?.grantId;
    const isAlive = grantId === undefined || (await insideEngine(() => deps.hasLiveLogin(grantId)));
    return isAlive ? { accountId, claims: () => ({ sub: accountId }) } : undefined;
  },
});

/**
 * Rewrites `resource` to its canonical spelling: oidc-provider compares the parameter of a token
 * request with the stored resource byte for byte, and this is the last hook before it does.
 */
function canonicalizeResource({ oidc }: KoaContextWithOIDC, resource: string): void {
  const requested = oidc.params?.["resource"];
  if (oidc.params === undefined || typeof requested !== "string") return;
  oidc.params["resource"] = canonicalResource(requested, resource) ?? requested;
}

const toUserRules = (deps: ConfigurationDeps): Configuration => {
  const isHttps = deps.issuer.startsWith("https:");
  const cookie = { httpOnly: true, sameSite: "lax", signed: true, secure: isHttps } as const;
  return {
    cookies: {
      keys: createCookieKeys(deps.rootKeys),
      names: {
        // The other two have the path of one request, which the prefix `__Host-` forbids.
        session: isHttps ? "__Host-taiga-mcp-session" : "taiga-mcp-session",
        interaction: "taiga-mcp-interaction",
        resume: "taiga-mcp-resume",
      },
      long: cookie,
      short: cookie,
    },
    interactions: {
      policy: askEveryTime(),
      // The `cid` stays the same from login to consent; the uid does not.
      url: (_ctx, interaction) => `/interaction/${interaction.cid}`,
    },
    // Each connection of a client gets its own grant; a session never finds an earlier one.
    loadExistingGrant: async (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId;
      const { Grant } = ctx.oidc.provider as Provider;
      return grantId === undefined ? undefined : await Grant.find(grantId);
    },
  };
};

const toFeatures = ({
  resource,
  accessLimit,
  tokens,
  documentClients,
}: ConfigurationDeps): NonNullable<Configuration["features"]> => ({
  devInteractions: { enabled: false },
  dPoP: { enabled: false },
  introspection: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  rpInitiatedLogout: { enabled: false },
  userinfo: { enabled: false },
  ...(documentClients && { clientIdMetadataDocument: documentClients.feature }),
  registration: { enabled: true },
  registrationManagement: { enabled: true, rotateRegistrationAccessToken: false },
  revocation: {
    enabled: true,
    allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
  },
  resourceIndicators: {
    enabled: true,
    defaultResource: () => resource,
    useGrantedResource: () => true,
    getResourceServerInfo: (_ctx, indicator) => {
      if (indicator !== resource) throw new errors.InvalidTarget();
      return {
        scope: toScopes(accessLimit).join(" "),
        audience: resource,
        accessTokenTTL: tokens.accessTokenTtlSeconds,
        accessTokenFormat: "opaque",
      };
    },
  },
});
