import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  basicAuth,
  connect,
  introspect,
  postForm,
  refresh,
  type Tokens,
  toTokens,
} from "../../support/client.ts";
import { RESOURCE, startSystem, type System } from "../../support/system.ts";

const ASKED = "taiga:read taiga:write taiga:delete taiga:admin openid offline_access";

let system: System;
let clientId: string;
let tokens: Tokens;

beforeEach(async () => {
  system = await startSystem();
  // The user grants less than the client asks for: the scripted user allows `write`.
  ({ clientId, tokens } = await connect(system, { params: { scope: ASKED } }));
});
afterEach(() => system.close());

const refreshFor = (scope: string) => refresh(system, clientId, tokens.refresh_token, { scope });

describe("the scope of a refresh", () => {
  // @rule RFC6749-6-2
  it.each([
    [ASKED, "taiga:read taiga:write"],
    ["taiga:write taiga:admin", "taiga:write"],
    ["taiga:read unknown taiga:read", "taiga:read"],
    ["  taiga:read   nonsense\t", "taiga:read"],
    ['taiga:read "quoted"', "taiga:read"],
    ["taiga:admin", "taiga:read taiga:write"],
    ["openid offline_access", "taiga:read taiga:write"],
    ["TAIGA:READ __proto__ constructor", "taiga:read taiga:write"],
    [" ", "taiga:read taiga:write"],
  ])("%j yields %j", async (asked, granted) => {
    const answer = await refreshFor(asked);
    expect([answer.status, answer.json["scope"]]).toEqual([200, granted]);
    const info = await introspect(system.issuer, toTokens(answer).access_token);
    const access = granted.includes("write") ? "write" : "read";
    expect(info.json).toMatchObject({ active: true, access });
  });

  // @rule RFC6749-6-2 GRANT-1
  it.each([ASKED, "taiga:read unknown", "unknown"])(
    "%j twice gives the same answer twice",
    async (asked) => {
      const first = await refreshFor(asked);
      const again = await refreshFor(asked);
      expect([again.status, again.text]).toEqual([200, first.text]);
    },
  );

  // @rule RFC6749-6-2 GRANT-1
  it("is the same in another order, and when all of it is left out", async () => {
    const first = await refreshFor("taiga:write taiga:read taiga:admin");
    expect((await refreshFor("taiga:read taiga:write")).text).toBe(first.text);
    const leftOut = await refresh(system, clientId, tokens.refresh_token);
    expect(leftOut.text).toBe(first.text);
  });

  // @rule RFC6749-6-2
  it("is what the operator still allows, when that has become less", async () => {
    const settings = { ISSUER: system.issuer, ACCESS_LIMIT: "read" };
    const stricter = await startSystem({ kv: system.store, settings });
    try {
      const answer = await postForm(`${stricter.url}/token`, {
        grant_type: "refresh_token",
        client_id: clientId,
        refresh_token: tokens.refresh_token,
        resource: RESOURCE,
        scope: "taiga:write",
      });
      expect(answer.json["scope"]).toBe("taiga:read");
      const { access_token } = toTokens(answer);
      const info = await introspect(stricter.url, access_token, basicAuth());
      expect(info.json).toMatchObject({ active: true, access: "read" });
    } finally {
      await stricter.close();
    }
  });

  // @rule RFC6749-3.1-1
  it("is refused when it comes twice", async () => {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: clientId,
      refresh_token: tokens.refresh_token,
    });
    form.append("scope", "taiga:read");
    form.append("scope", "taiga:write");
    const answer = await postForm(`${system.issuer}/token`, form);
    expect(answer.json["error"]).toBe("invalid_request");
  });
});
