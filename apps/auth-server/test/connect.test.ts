import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, introspect, refresh, revoke, type Tokens } from "./support/client.ts";
import { RESOURCE, startSystem, type System } from "./support/system.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

describe("a client that connects", () => {
  it("registers, gets tokens, is active in introspection, refreshes, and revokes its tokens", async () => {
    const { clientId, tokens } = await connect(system);
    expect(system.steps).toEqual(["login", "consent"]);
    expect(tokens).toMatchObject({ scope: "taiga:read taiga:write", token_type: "Bearer" });

    const first = await introspect(system.issuer, tokens.access_token);
    expect(first.json).toMatchObject({
      active: true,
      scope: "taiga:read taiga:write",
      client_id: clientId,
      sub: "alice",
      aud: RESOURCE,
      iss: system.issuer,
      token_type: "Bearer",
      access: "write",
      projects: "all",
    });

    const refreshed = await refresh(system, clientId, tokens.refresh_token);
    expect(refreshed.status).toBe(200);
    const next = refreshed.json as unknown as Tokens;
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    expect((await introspect(system.privateUrl, next.access_token)).json["gid"]).toBe(
      first.json["gid"],
    );

    expect((await revoke(system, clientId, next.access_token)).status).toBe(200);
    for (const token of [tokens.access_token, next.access_token]) {
      expect((await introspect(system.issuer, token)).json).toEqual({ active: false });
    }
    const dead = await refresh(system, clientId, next.refresh_token);
    expect(dead.json["error"]).toBe("invalid_grant");
  });
});
