// A strict OAuth client based on oauth4webapi: everything the SDK clients do by themselves,
// one step at a time.
import * as oauth from "oauth4webapi";
import { approve, type Approval } from "./browser.ts";

/** Lets oauth4webapi use plain http, because the tests run on loopback. */
export const insecure = { [oauth.allowInsecureRequests]: true } as const;
export const REDIRECT_URI = "http://127.0.0.1:33419/callback";

/** Fetches RFC 8414 metadata and checks its issuer. */
export async function endpointsOf(issuer: string): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  const response = await oauth.discoveryRequest(url, { algorithm: "oauth2", ...insecure });
  return await oauth.processDiscoveryResponse(url, response);
}

/** RFC 7591, as a public client unless `metadata` says otherwise. */
export async function register(
  server: oauth.AuthorizationServer,
  metadata: Record<string, oauth.JsonValue> = {},
): Promise<oauth.Client> {
  const response = await oauth.dynamicClientRegistrationRequest(
    server,
    {
      client_name: "Strict client",
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      ...metadata,
    },
    insecure,
  );
  return await oauth.processDynamicClientRegistrationResponse(response);
}

export interface LoginRequest {
  server: oauth.AuthorizationServer;
  client: oauth.Client;
  user: Approval;
  resource: string;
  clientAuth?: oauth.ClientAuth;
  scope?: string;
}

/** What a client has when its user comes back to it. */
export interface AuthorizationAnswer {
  /** Validated, with the code in it. */
  parameters: URLSearchParams;
  verifier: string;
}

/** The first half of a login: from the authorization URL to the code. */
export async function authorize(request: LoginRequest): Promise<AuthorizationAnswer> {
  const { server, client, user, resource, scope } = request;
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint ?? "");
  url.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: "code",
    redirect_uri: REDIRECT_URI,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    resource,
    ...(scope !== undefined && { scope }),
  }).toString();
  const answer = oauth.validateAuthResponse(server, client, await approve(url, user), state);
  return { parameters: answer, verifier };
}

/** Authorization code with PKCE: from the authorization URL to the tokens. */
export async function logIn(request: LoginRequest): Promise<oauth.TokenEndpointResponse> {
  const { server, client, resource, clientAuth = oauth.None() } = request;
  const { parameters, verifier } = await authorize(request);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    clientAuth,
    parameters,
    REDIRECT_URI,
    verifier,
    { ...insecure, additionalParameters: { resource } },
  );
  return await oauth.processAuthorizationCodeResponse(server, client, response);
}

/** The secret that came with a confidential client's registration. */
export function secretOf(client: oauth.Client): string {
  const { client_secret: secret } = client;
  if (typeof secret !== "string") throw new Error("this client was registered without a secret");
  return secret;
}

export async function refresh(
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  refreshToken: string,
  clientAuth: oauth.ClientAuth = oauth.None(),
): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.refreshTokenGrantRequest(
    server,
    client,
    clientAuth,
    refreshToken,
    insecure,
  );
  return await oauth.processRefreshTokenResponse(server, client, response);
}

/** RFC 7009, as the public client that the token was issued to. */
export async function revoke(
  server: oauth.AuthorizationServer,
  clientId: string,
  token: string,
): Promise<void> {
  const response = await oauth.revocationRequest(
    server,
    { client_id: clientId },
    oauth.None(),
    token,
    insecure,
  );
  await oauth.processRevocationResponse(response);
}

/** RFC 7662, as the resource server. */
export async function introspect(
  server: oauth.AuthorizationServer,
  credentials: { clientId: string; clientSecret: string },
  token: string,
): Promise<oauth.IntrospectionResponse> {
  const client = { client_id: credentials.clientId };
  const response = await oauth.introspectionRequest(
    server,
    client,
    oauth.ClientSecretBasic(credentials.clientSecret),
    token,
    insecure,
  );
  return await oauth.processIntrospectionResponse(server, client, response);
}
