import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  connect,
  introspect,
  postJson,
  refresh,
  REDIRECT_URI,
  register,
  revoke,
} from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const subjectOf = async (token: string): Promise<unknown> =>
  (await introspect(system.issuer, token)).json["sub"];

describe("revocation", () => {
  // @rule RFC7009-2.1-1 ADV-workers-revocation
  it("works for the client that the token belongs to; others get the same answer and change nothing", async () => {
    const { tokens } = await connect(system);
    const stranger = await revoke(system, await register(system), tokens.access_token);
    const unknown = await revoke(system, await register(system), "unknown");
    expect([stranger.status, unknown.status]).toEqual([200, 200]);
    expect(await subjectOf(tokens.access_token)).toBe("alice");
  });

  // @rule RFC6749-2.3-1 RFC7009-2.1-1
  it("needs the client's secret when it has one", async () => {
    const registered = await postJson(`${system.issuer}/register`, {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "client_secret_post",
    });
    const answer = await revoke(system, String(registered.json["client_id"]), "x");
    expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
  });

  // @rule RFC7009-2.1-2
  it("of a refresh token also ends its access tokens", async () => {
    const { clientId, tokens } = await connect(system);
    await revoke(system, clientId, tokens.refresh_token);
    expect(await subjectOf(tokens.access_token)).toBeUndefined();
    expect((await refresh(system, clientId, tokens.refresh_token)).json["error"]).toBe(
      "invalid_grant",
    );
  });
});
