import { UnavailableError } from "@taiga-mcp/service";
import * as oauth from "oauth4webapi";
import type { ReportedWrite } from "./activity-report.ts";
import { describeRefusal, isRefusal, type OwnCredentials } from "./own-credentials.ts";
import { createRepeatingFetch } from "./repeating-fetch.ts";

/** How this resource server talks to its authorization server. */
export interface AuthorizationServerDeps {
  /** The public issuer; what tokens and metadata name. */
  issuer: string;
  /** The private listener, a bare origin. */
  authServerUrl: string;
  clientId: string;
  clientSecret: string;
  fetch: typeof globalThis.fetch;
  /** Is told the status of each response. */
  ownCredentials?: Pick<OwnCredentials, "observe">;
}

/** The endpoints of the authorization server's private listener. */
export interface AuthorizationServer {
  /**
   * Introspects an access token.
   * @throws {UnavailableError} when there is no response, or one that is not RFC 7662 JSON.
   * @see RFC 7662 section 2
   */
  introspect(token: string, timeoutMs: number): Promise<oauth.IntrospectionResponse>;
  /**
   * Exchanges an access token for the Taiga token of its grant.
   * @throws {oauth.ResponseBodyError} with `error` `invalid_grant`, when the grant has no Taiga token.
   * @throws {UnavailableError} for every other failure.
   * @see RFC 8693 section 2
   */
  exchangeToken(
    parameters: Record<string, string>,
    timeoutMs: number,
  ): Promise<oauth.TokenEndpointResponse>;
  /**
   * Tells what tools wrote, for the account pages of the users.
   * @throws {UnavailableError} when it was not accepted; it may be sent again.
   */
  reportActivity(writes: readonly ReportedWrite[]): Promise<void>;
  /**
   * Opens the event stream of revoked grants.
   * @param signal closes the stream, also while it is being opened.
   * @throws {UnavailableError} when the response is not an event stream.
   */
  openRevocations(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

const ACTIVITY_TIMEOUT_MS = 5_000;
const EVENT_STREAM = "text/event-stream";
const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

/**
 * Calls the authorization server at its private address. The endpoints come from configuration, never
 * from discovery, so that no response can decide where tokens and the client secret are sent.
 *
 * A request whose connection ends without a response is sent once more, within the same time limit: one
 * of two replicas may have stopped. Both endpoints are safe to repeat. Introspection only reads. An
 * exchange returns the grant's current Taiga token; if the lost attempt has begun to replace it, the
 * repeated one waits for the lock of the grant and returns the new token. It does so with
 * `rejected_token_sha256`, too, because the new token is not the rejected one. Thus a single-use refresh
 * token of Taiga is never sent twice because of a repetition.
 */
export function createAuthorizationServer(deps: AuthorizationServerDeps): AuthorizationServer {
  const server: oauth.AuthorizationServer = {
    issuer: deps.issuer,
    introspection_endpoint: `${deps.authServerUrl}/introspect`,
    token_endpoint: `${deps.authServerUrl}/token`,
  };
  const client: oauth.Client = { client_id: deps.clientId };
  const authentication = oauth.ClientSecretBasic(deps.clientSecret);
  // A private listener usually serves plain http. For an https one, nothing is relaxed.
  const isHttps = deps.authServerUrl.startsWith("https:");
  const observe = (response: Response): Response => {
    deps.ownCredentials?.observe(response.status);
    return response;
  };
  const fetchTwice = createRepeatingFetch(deps.fetch);
  const options = (timeoutMs: number) => ({
    [oauth.customFetch]: async (url: string, init: RequestInit) =>
      observe(await fetchTwice(url, init)),
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
          // The type of a Taiga token that is not a bearer token (RFC 8693 section 2.2.1).
          recognizedTokenTypes: { n_a: () => {} },
        });
      }),
    reportActivity: async (writes) => {
      const headers = new Headers({ "content-type": "application/json" });
      await authentication(server, client, new URLSearchParams(), headers);
      const response = await deps.fetch(`${deps.authServerUrl}/activity`, {
        method: "POST",
        headers,
        body: JSON.stringify({ writes }),
        signal: AbortSignal.timeout(ACTIVITY_TIMEOUT_MS),
        redirect: "error",
      });
      await response.body?.cancel();
      if (observe(response).status === 204) return;
      throw new UnavailableError("The authorization server did not accept a report of activity.");
    },
    openRevocations: async (signal) => {
      const headers = new Headers({ accept: EVENT_STREAM });
      await authentication(server, client, new URLSearchParams(), headers);
      const url = `${deps.authServerUrl}/revocations`;
      const response = await deps.fetch(url, { headers, signal, redirect: "error" });
      return await toEventStream(observe(response));
    },
  };
}

async function toEventStream({ status, headers, body }: Response): Promise<ReadableStream> {
  const isEventStream = headers.get("content-type")?.startsWith(EVENT_STREAM) === true;
  if (status === 200 && isEventStream && body !== null) return body;
  await body?.cancel();
  throw new UnavailableError("The authorization server did not open the revocation stream.", {
    cause: new Error(isRefusal(status) ? describeRefusal(status) : `It responded with ${status}.`),
  });
}

/**
 * Passes on `invalid_grant`, which is about the token. Every other failure, including a rejection of
 * this server's own credentials, says nothing about the user's login and must not end it.
 */
async function outageAsUnavailable<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof oauth.ResponseBodyError && cause.error === "invalid_grant") throw cause;
    throw new UnavailableError(
      "The authorization server did not respond as expected. Try again in a moment.",
      { cause: toOwnRefusal(cause) ?? cause },
    );
  }
}

function toOwnRefusal(error: unknown): Error | undefined {
  const isAnswer =
    error instanceof oauth.WWWAuthenticateChallengeError ||
    error instanceof oauth.ResponseBodyError;
  return isAnswer && isRefusal(error.status)
    ? new Error(describeRefusal(error.status), { cause: error })
    : undefined;
}
