import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCounters, toLoginOutcome } from "../../src/operations/counters.ts";
import { toRouteName } from "../../src/http/route-names.ts";
import { connect, introspect, refresh } from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const read = async (): Promise<string> => (await fetch(`${system.privateUrl}/metrics`)).text();

describe("the metrics", () => {
  // @rule OPS-1
  it("are not on the public listener", async () => {
    expect((await fetch(`${system.url}/metrics`)).status).toBe(404);
  });

  // @rule OPS-1
  it("count requests to both listeners, and contain no token, client or user", async () => {
    const { clientId, tokens } = await connect(system);
    await introspect(system.privateUrl, tokens.access_token);
    await refresh(system, clientId, "unknown");
    await expect.poll(read).toContain('route="/introspect",status="200"');
    const text = await read();
    expect(text).toContain('route="/token",status="200"');
    expect(text).toContain('route="/token",status="400"');
    expect(text).toContain('route="/authorize/:id"');
    expect(text).toContain('route="/interaction/:id"');
    for (const secret of [clientId, tokens.access_token, tokens.refresh_token, "alice"]) {
      expect(text).not.toContain(secret);
    }
  });

  // @rule OPS-2
  it("count successful and refused requests of the engine, by error code", async () => {
    const { clientId } = await connect(system);
    await refresh(system, clientId, "unknown");
    const text = await read();
    const event = (name: string) =>
      `taiga_mcp_oauth_events_total{outcome="${name}",service="test"}`;
    expect(text).toContain(`${event("registration_create.success")} 1`);
    expect(text).toContain(`${event("authorization.success")} 1`);
    expect(text).toContain(`${event("grant.success")} 1`);
    expect(text).toContain(`${event("grant.invalid_grant")} 1`);
  });
});

describe("the route of a path", () => {
  it.each([
    ["/token", "/token"],
    ["/authorize", "/authorize"],
    ["/authorize/Zm9v", "/authorize/:id"],
    ["/interaction/Zm9v/consent", "/interaction/:id/consent"],
    ["/register/client-1", "/register/:id"],
    ["/.well-known/openid-configuration", "/.well-known/openid-configuration"],
    ["/interaction/Zm9v/anything", "other"],
    ["/wp-login.php", "other"],
    ["", "other"],
  ])("%j is %j", (path, name) => {
    expect(toRouteName(path)).toBe(name);
  });
});

it("a login is counted by its outcome", () => {
  expect(toLoginOutcome({ ok: true })).toBe("ok");
  expect(toLoginOutcome({ ok: false, reason: "wrong_credentials" })).toBe("wrong_credentials");
});

it("each counter has a unique name", () => {
  const names: string[] = [];
  createCounters({
    outcomes: (name) => {
      names.push(name);
      return { count: () => undefined, counted: (work) => work };
    },
  });
  expect(new Set(names).size).toBe(5);
});
