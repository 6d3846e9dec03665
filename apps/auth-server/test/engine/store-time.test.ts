// A machine whose clock is minutes away from the store's: all that ends does so by the store's.
import { systemClock } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect, introspect, refresh, request, toTokens } from "../support/client.ts";
import { registerKeyClient } from "../support/key-client.ts";
import { startSystem } from "../support/system.ts";

/** @param behindSeconds how far the store's clock is behind this machine's. */
async function start(behindSeconds: number) {
  const clock = () => systemClock() - behindSeconds;
  const kv = createSqliteKv({ file: ":memory:", clock });
  const system = await startSystem({ kv, clock });
  onTestFinished(() => system.close());
  return { system, clock, kv };
}

describe.each([120, -120])("with a store whose clock is %d seconds behind", (behind) => {
  // @rule STORE-14
  it("logs in and refreshes, and says in the store's time when a token ends", async () => {
    const { system, clock } = await start(behind);
    const { clientId, tokens } = await connect(system);
    const next = toTokens(await refresh(system, clientId, tokens.refresh_token));
    expect(next.expires_in).toBe(tokens.expires_in);
    const { json } = await introspect(system.issuer, next.access_token);
    expect(json).toMatchObject({ active: true });
    expect(Math.abs(Number(json["iat"]) - clock())).toBeLessThan(30);
    expect(Math.abs(Number(json["exp"]) - clock() - tokens.expires_in)).toBeLessThan(30);
  });

  // @rule STORE-14
  it("takes and refuses a client's assertions by the store's time", async () => {
    const { system, clock } = await start(behind);
    const client = await registerKeyClient(system);
    const attempt = async (claims: Record<string, number>): Promise<unknown> =>
      (await refresh(system, client.id, "unknown", await client.prove(claims))).json["error"];
    // Authenticated: only the refresh token is unknown.
    expect(await attempt({ exp: clock() + 60 })).toBe("invalid_grant");
    expect(await attempt({ exp: clock() + 60, nbf: clock() })).toBe("invalid_grant");
    expect(await attempt({ exp: clock() - 30 })).toBe("invalid_client");
    expect(await attempt({ exp: clock() + 90, nbf: clock() + 60 })).toBe("invalid_client");
  });

  it("counts limits by the store's time, and says by this machine's when to try again", async () => {
    const { system } = await start(behind);
    const { headers } = await request(`${system.issuer}/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ redirect_uris: ["http://127.0.0.1:7777/callback"] }),
    });
    const reset = Number(/t=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1]);
    expect(reset).toBeGreaterThan(3_500);
    expect(reset).toBeLessThanOrEqual(3_600);
  });
});
