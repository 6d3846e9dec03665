// getsentry/sentry-mcp #1223: its server promised to say who it is in each authorization answer
// (RFC 9207), and a version of Codex that did not pass it on let nobody in. Both ends of the promise
// have been broken since: an answer without it, and a client that drops it. What independent clients
// make of ours is in tests/integration/advisories.test.ts.
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
import { playTaiga } from "./played-taiga.ts";
import { startWhole } from "../support/whole.ts";

let system: System;
beforeEach(async () => {
  system = await startWhole({ taiga: playTaiga() });
});
afterEach(() => system.close());

/** What was promised to clients, which they compare byte by byte. */
async function promised(at: System = system): Promise<unknown> {
  const { json } = await request(`${at.issuer}/.well-known/oauth-authorization-server`);
  expect(json["authorization_response_iss_parameter_supported"]).toBe(true);
  return json["issuer"];
}

describe("who answers", () => {
  // @rule ADV-sentry-mcp-1223
  it("sentry-mcp #1223: `iss` is promised in both documents, and so it is in the answer with the code, once", async () => {
    const openid = await request(`${system.issuer}/.well-known/openid-configuration`);
    expect(openid.json["authorization_response_iss_parameter_supported"]).toBe(true);
    const person = await begin(system);
    await person.logIn();
    const { leftFor } = await person.consent();
    expect(leftFor?.searchParams.get("code")).not.toBeNull();
    expect(leftFor?.searchParams.getAll("iss")).toEqual([await promised()]);
  });

  // @rule ADV-sentry-mcp-1223
  it("sentry-mcp #1223: in the answer of a user who says no, before the login and after it", async () => {
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
    "sentry-mcp #1223: in the refusal of %j, with the client's state",
    async (overrides, error) => {
      const params = toAuthorizeParams(await register(system), createPkce(), overrides);
      const answer = await authorize(system, params);
      expect([answer.get("error"), answer.get("state")]).toEqual([error, "the-state"]);
      expect(answer.getAll("iss")).toEqual([await promised()]);
    },
  );

  // @rule ADV-sentry-mcp-1223
  it("sentry-mcp #1223: in the refusal of the implicit grant, whose clients look for it in the fragment", async () => {
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
  it("sentry-mcp #1223: in the answer to a client that is named by a document", async () => {
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
