// getsentry/sentry-mcp #1223: its server advertised `iss` in each authorization response (RFC 9207),
// and a version of Codex that dropped it could not log in. Servers have also advertised `iss` and
// left it out. tests/integration/advisories.test.ts tests independent clients with this server.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  authorize,
  createBrowser,
  createPkce,
  register,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { startDocumentHost } from "../support/document-host.ts";
import { startSystem, type System } from "../support/system.ts";
import { begin } from "./person.ts";
import { createTwoUserTaiga } from "./two-user-taiga.ts";
import { startWhole } from "../support/whole.ts";

let system: System;
beforeEach(async () => {
  system = await startWhole({ taiga: createTwoUserTaiga() });
});
afterEach(() => system.close());

/** The advertised issuer, which clients compare byte by byte. */
async function promised(at: System = system): Promise<unknown> {
  const { json } = await request(`${at.issuer}/.well-known/oauth-authorization-server`);
  expect(json["authorization_response_iss_parameter_supported"]).toBe(true);
  return json["issuer"];
}

describe("the issuer in authorization responses", () => {
  // @rule ADV-sentry-mcp-1223
  it("sentry-mcp #1223: both metadata documents advertise `iss`, and the response with the code has it once", async () => {
    const openid = await request(`${system.issuer}/.well-known/openid-configuration`);
    expect(openid.json["authorization_response_iss_parameter_supported"]).toBe(true);
    const person = await begin(system);
    await person.logIn();
    const { leftFor } = await person.consent();
    expect(leftFor?.searchParams.get("code")).not.toBeNull();
    expect(leftFor?.searchParams.getAll("iss")).toEqual([await promised()]);
  });

  // @rule ADV-sentry-mcp-1223
  it("sentry-mcp #1223: the response has `iss` when the user cancels, before the login and after it", async () => {
    for (const isLoggedIn of [false, true]) {
      const person = await begin(system);
      if (isLoggedIn) await person.logIn();
      const { leftFor } = await person.submit("cancel");
      expect(leftFor?.searchParams.get("error")).toBe("access_denied");
      expect(leftFor?.searchParams.getAll("iss")).toEqual([await promised()]);
    }
  });

  // @rule ADV-sentry-mcp-1223
  it.each([
    [{ prompt: "none" }, "login_required"],
    [{ code_challenge: undefined }, "invalid_request"],
    [{ resource: "https://elsewhere.example/mcp" }, "invalid_target"],
    [{ request: "eyJhbGciOiJub25lIn0.e30." }, "request_not_supported"],
  ])(
    "sentry-mcp #1223: the refusal of %j has `iss` and the client's state",
    async (overrides, error) => {
      const params = toAuthorizeParams(await register(system), createPkce(), overrides);
      const answer = await authorize(system, params);
      expect([answer.get("error"), answer.get("state")]).toEqual([error, "the-state"]);
      expect(answer.getAll("iss")).toEqual([await promised()]);
    },
  );

  // @rule ADV-sentry-mcp-1223
  it("sentry-mcp #1223: the refusal of the implicit grant has `iss` in the fragment, where its clients read it", async () => {
    const clientId = await register(system);
    const params = toAuthorizeParams(clientId, createPkce(), { response_type: "token" });
    const { leftFor } = await createBrowser(system.issuer).follow(
      `${system.issuer}/authorize?${params.toString()}`,
    );
    const answer = new URLSearchParams(leftFor?.hash.slice(1));
    expect(answer.has("error")).toBe(true);
    expect(answer.getAll("iss")).toEqual([await promised()]);
  });

  // @rule ADV-sentry-mcp-1223
  it("sentry-mcp #1223: the response to a client with a metadata document has `iss`", async () => {
    const host = await startDocumentHost();
    const taking = await startSystem({ fetchDocument: host.fetch });
    try {
      const params = toAuthorizeParams(host.publish("/client"), createPkce());
      expect((await authorize(taking, params)).getAll("iss")).toEqual([await promised(taking)]);
    } finally {
      await taking.close();
      await host.close();
    }
  });
});
