import { UnavailableError } from "@taiga-mcp/service";
import * as oauth from "oauth4webapi";

/** How this resource server talks to its authorization server. */
export interface AuthorizationServerDeps {
  /** The public issuer; what tokens and metadata name. */
  issuer: string;
  /** The private listener, a bare origin. */
  authServerUrl: string;
  clientId: string;
  clientSecret: string;
  fetch: typeof globalThis.fetch;
}

/** The endpoints of the authorization server that only this resource server uses. */
export interface AuthorizationServer {
  /**
   * What the authorization server knows about a token.
   * @throws {UnavailableError} for every answer that is not RFC 7662 JSON, and for none.
   * @see RFC 7662 section 2
   */
  introspect(token: string, timeoutMs: number): Promise<oauth.IntrospectionResponse>;
  /**
   * One credential for another.
   * @throws {oauth.ResponseBodyError} with `error` `invalid_grant`, when there is none to be had.
   * @throws {UnavailableError} for everything else that went wrong.
   * @see RFC 8693 section 2
   */
  exchangeToken(
    parameters: Record<string, string>,
    timeoutMs: number,
  ): Promise<oauth.TokenEndpointResponse>;
  /**
   * The authorization server's event stream of grants that end.
   * @param signal ends the stream, also while it is being opened.
   * @throws {UnavailableError} when the answer is something else.
   */
  openRevocations(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

const EVENT_STREAM = "text/event-stream";
const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

/**
 * The authorization server behind its private address. Its endpoints are built from configuration,
 * never discovered, so that nothing found on a network can choose where tokens and our secret go.
 */
export function createAuthorizationServer(deps: AuthorizationServerDeps): AuthorizationServer {
  const server: oauth.AuthorizationServer = {
    issuer: deps.issuer,
    introspection_endpoint: `${deps.authServerUrl}/introspect`,
    token_endpoint: `${deps.authServerUrl}/token`,
  };
  const client: oauth.Client = { client_id: deps.clientId };
  const authentication = oauth.ClientSecretBasic(deps.clientSecret);
  // A private listener usually speaks plain http; this relaxes nothing for an https one.
  const isHttps = deps.authServerUrl.startsWith("https:");
  const options = (timeoutMs: number) => ({
    [oauth.customFetch]: (url: string, init: RequestInit) => deps.fetch(url, init),
    ...(!isHttps && { [oauth.allowInsecureRequests]: true }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return {
    introspect: (token, timeoutMs) =>
      outageAsUnavailable(async () => {
        const response = await oauth.introspectionRequest(
          server,
          client,
          authentication,
          token,
          options(timeoutMs),
        );
        return await oauth.processIntrospectionResponse(server, client, response);
      }),
    exchangeToken: (parameters, timeoutMs) =>
      outageAsUnavailable(async () => {
        const response = await oauth.genericTokenEndpointRequest(
          server,
          client,
          authentication,
          TOKEN_EXCHANGE,
          parameters,
          options(timeoutMs),
        );
        return await oauth.processGenericTokenEndpointResponse(server, client, response, {
          // A Taiga token that is not used as a bearer token (RFC 8693 section 2.2.1).
          recognizedTokenTypes: { n_a: () => {} },
        });
      }),
    openRevocations: async (signal) => {
      const headers = new Headers({ accept: EVENT_STREAM });
      await authentication(server, client, new URLSearchParams(), headers);
      const url = `${deps.authServerUrl}/revocations`;
      return await toEventStream(await deps.fetch(url, { headers, signal, redirect: "error" }));
    },
  };
}

async function toEventStream({ status, headers, body }: Response): Promise<ReadableStream> {
  const isEventStream = headers.get("content-type")?.startsWith(EVENT_STREAM) === true;
  if (status === 200 && isEventStream && body !== null) return body;
  await body?.cancel();
  throw new UnavailableError("The authorization server does not say which grants end.", {
    cause: new Error(status === 401 ? REFUSED : `It answers ${status}.`),
  });
}

/**
 * Lets one failure through as it is: `invalid_grant`, which is about the token. All else, also a
 * refusal of our own credentials, says nothing about the caller's login and must not cost it.
 */
async function outageAsUnavailable<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof oauth.ResponseBodyError && cause.error === "invalid_grant") throw cause;
    throw new UnavailableError(
      "The authorization server does not answer as it should. Try again in a moment.",
      { cause: isRefusalOfUs(cause) ? new Error(REFUSED, { cause }) : cause },
    );
  }
}

const REFUSED =
  "The authorization server refuses this resource server: compare RS_CLIENT_ID and RS_CLIENT_SECRET on both sides.";

const isRefusalOfUs = (error: unknown): boolean =>
  (error instanceof oauth.WWWAuthenticateChallengeError ||
    error instanceof oauth.ResponseBodyError) &&
  (error.status === 401 || error.status === 403);
