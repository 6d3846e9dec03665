import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  basicAuth,
  connect,
  introspect,
  postForm,
  postJson,
  REDIRECT_URI,
  toTokens,
} from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.close());

const emptyBasic = (clientId: string) => basicAuth({ clientId, clientSecret: "" });

const refreshWith = (
  refreshToken: string,
  headers: Record<string, string>,
  fields: Record<string, string> = {},
): Promise<Answer> =>
  postForm(
    `${system.issuer}/token`,
    { grant_type: "refresh_token", refresh_token: refreshToken, ...fields },
    headers,
  );

describe("an empty secret by HTTP Basic", () => {
  // @rule RFC6749-2.3-2
  it("lets a public client refresh, with or without its id in the form", async () => {
    const { clientId, tokens } = await connect(system);
    const first = await refreshWith(tokens.refresh_token, emptyBasic(clientId));
    expect(first.status).toBe(200);
    const next = toTokens(first).refresh_token;
    const second = await refreshWith(next, emptyBasic(clientId), { client_id: clientId });
    expect(second.status).toBe(200);
    expect(second.headers.get("www-authenticate")).toBeNull();
  });

  // @rule RFC6749-2.3-2
  it("lets a public client revoke", async () => {
    const { clientId, tokens } = await connect(system);
    const token = tokens.access_token;
    const answer = await postForm(`${system.issuer}/revoke`, { token }, emptyBasic(clientId));
    expect(answer.status).toBe(200);
    expect((await introspect(system.issuer, token)).json["active"]).toBe(false);
  });

  // @rule RFC6749-2.3-2
  it.each(["client_secret_basic", "client_secret_post"])(
    "is refused to a client with %s, and the answer names the scheme",
    async (method) => {
      const { json } = await postJson(`${system.issuer}/register`, {
        redirect_uris: [REDIRECT_URI],
        token_endpoint_auth_method: method,
      });
      const clientId = String(json["client_id"]);
      expect(json["client_secret"]).toEqual(expect.any(String));
      const answers = [
        await refreshWith("x", emptyBasic(clientId)),
        await refreshWith("x", emptyBasic(clientId), { client_id: clientId }),
        await postForm(`${system.issuer}/revoke`, { token: "x" }, emptyBasic(clientId)),
      ];
      for (const answer of answers) {
        expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
        expect(answer.headers.get("www-authenticate")).toMatch(/^Basic /);
      }
    },
  );

  // @rule RFC6749-2.3-2
  it("makes no client another one, and hides no other credentials", async () => {
    const { clientId, tokens } = await connect(system);
    const other = await connect(system);
    const fields: Record<string, string>[] = [
      { client_id: other.clientId },
      { client_id: clientId, client_secret: "guessed" },
      { client_id: clientId, client_assertion: "x" },
    ];
    for (const each of fields) {
      const answer = await refreshWith(tokens.refresh_token, emptyBasic(clientId), each);
      expect(answer.json["error"]).toBe("invalid_request");
    }
    const foreign = await refreshWith(other.tokens.refresh_token, emptyBasic(clientId));
    expect(foreign.json["error"]).toBe("invalid_grant");
  });

  // @rule RFC6749-2.3-2
  it.each(["Basic Og==", "Basic eA==", "Basic JTo=", "Basic", "Bearer eDo="])(
    "is not what %j means",
    async (authorization) => {
      const answer = await refreshWith("x", { authorization });
      expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_request"]);
    },
  );
});
