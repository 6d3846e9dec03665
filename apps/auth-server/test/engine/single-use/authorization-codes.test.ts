import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Answer,
  authorize,
  createPkce,
  exchangeCode,
  introspect,
  postForm,
  register,
  toAuthorizeParams,
  toTokens,
} from "../../support/client.ts";
import { RESOURCE, startSystem, type System } from "../../support/system.ts";
import { advance, stopClock } from "../../support/time.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

describe("codes", () => {
  // @rule RFC6749-4.1.2-1
  it.each([
    ["another client", async () => ({ client_id: await register(system) })],
    ["another verifier", async () => ({ code_verifier: createPkce().verifier })],
    ["another redirect", async () => ({ redirect_uri: "http://127.0.0.1:7778/callback" })],
    ["another resource", async () => ({ resource: "https://elsewhere.example/mcp" })],
  ])("cannot be redeemed with %s", async (_what, override) => {
    const clientId = await register(system);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    const answer = await exchangeCode(system, clientId, code, pkce, await override());
    expect(answer.status).toBe(400);
    expect(answer.json["error"]).toMatch(/^invalid_(grant|target)$/);
  });

  // @rule RFC6749-4.1.2-1
  it("cannot be redeemed after they expire in one minute", async () => {
    stopClock();
    try {
      const clientId = await register(system);
      for (const [seconds, status] of [
        [59, 200],
        [61, 400],
      ] as const) {
        const pkce = createPkce();
        const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
        advance(seconds);
        expect((await exchangeCode(system, clientId, code, pkce)).status).toBe(status);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  // @rule RFC8707-2-1
  it("are exchanged with any spelling of the resource, or without a resource", async () => {
    for (const resource of [`${RESOURCE}/`, RESOURCE.replace("http", "HTTP")]) {
      const clientId = await register(system);
      const pkce = createPkce();
      const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
      const answer = await exchangeCode(system, clientId, code, pkce, { resource });
      expect(answer.status).toBe(200);
      const next = await postForm(`${system.issuer}/token`, {
        grant_type: "refresh_token",
        client_id: clientId,
        refresh_token: String(answer.json["refresh_token"]),
      });
      expect(next.status).toBe(200);
    }
  });
});

describe("authorization codes", () => {
  async function obtainCode(): Promise<() => Promise<Answer>> {
    const clientId = await register(system);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    return () => exchangeCode(system, clientId, code, pkce);
  }

  // @rule RFC6749-4.1.2-1 RFC6749-4.1.2-3
  it("give tokens to exactly one of eight parallel requests", async () => {
    const exchange = await obtainCode();
    const answers = await Promise.all(Array.from({ length: 8 }, exchange));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    const { access_token } = toTokens(winners[0] as Answer);
    expect((await introspect(system.issuer, access_token)).json["active"]).toBe(true);
    const losers = answers.filter(({ status }) => status !== 200);
    expect(new Set(losers.map(({ json }) => json["error"]))).toEqual(new Set(["invalid_grant"]));
  });
});
