import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as oauth from "oauth4webapi";
import { endpointsOf, insecure, introspect, register } from "../../support/oauth-client.ts";
import type { System } from "../../support/system.ts";

/** A program on this machine that wants to work in Taiga and listens for the browser. */
export interface ClientApp {
  /** Starts a login: the address to open in a browser. */
  startLogin(options?: { redirectUri?: string; scope?: string }): Promise<Login>;
  callback: string;
  close(): Promise<void>;
}

export interface Login {
  url: string;
  /** Every authorization response that the browser brought back for this login, in order. */
  answers(): URLSearchParams[];
  /**
   * Redeems a code and returns the introspection of the token.
   * @param answer the response that brought it; left out, the only one.
   */
  finish(answer?: URLSearchParams): Promise<oauth.IntrospectionResponse>;
}

/** @param metadata on top of a name and the callback. */
export async function createClientApp(
  system: System,
  metadata: Record<string, oauth.JsonValue> = {},
): Promise<ClientApp> {
  const received: URLSearchParams[] = [];
  const listener = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://127.0.0.1");
    if (url.pathname === "/callback") received.push(url.searchParams);
    response
      .writeHead(url.pathname === "/callback" ? 200 : 204, { "content-type": "text/html" })
      .end("<!doctype html><html lang=en><title>Back in the app</title><h1>Back in the app</h1>");
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const callback = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`;
  const server = await endpointsOf(system.issuer);
  const client = await register(server, {
    client_name: "Browser test",
    redirect_uris: [callback],
    ...metadata,
  });

  async function startLogin({ redirectUri = callback, scope = "" } = {}): Promise<Login> {
    const state = oauth.generateRandomState();
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(server.authorization_endpoint ?? "");
    url.search = new URLSearchParams({
      response_type: "code",
      client_id: client.client_id,
      redirect_uri: redirectUri,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      resource: system.mcpUrl,
      ...(scope !== "" && { scope }),
    }).toString();
    const answers = (): URLSearchParams[] =>
      received.filter((answer) => answer.get("state") === state);

    function theOnlyAnswer(): URLSearchParams {
      const [answer, ...others] = answers();
      if (answer === undefined || others.length > 0) {
        throw new Error(`expected one answer, got ${answers().length}`);
      }
      return answer;
    }

    async function finish(answer = theOnlyAnswer()): Promise<oauth.IntrospectionResponse> {
      const parameters = oauth.validateAuthResponse(server, client, answer, state);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        oauth.None(),
        parameters,
        redirectUri,
        verifier,
        insecure,
      );
      const tokens = await oauth.processAuthorizationCodeResponse(server, client, response);
      return await introspect(server, system.rsCredentials, tokens.access_token);
    }

    return { url: url.href, answers, finish };
  }

  return {
    startLogin,
    callback,
    close: async () => {
      listener.close();
      listener.closeAllConnections();
      await once(listener, "close");
    },
  };
}
