import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Answer,
  authorize,
  connect,
  createPkce,
  exchangeCode,
  introspect,
  refresh,
  register,
  toAuthorizeParams,
  toTokens,
} from "../../support/client.ts";
import { createFakeBroadcast, type FakeBroadcast } from "../../support/fake-broadcast.ts";
import { createTestKv, type TestKv } from "../../support/stores.ts";
import { startSystem, type System } from "../../support/system.ts";
import { advance, stopClock } from "../../support/time.ts";

const WITHIN_SECONDS = 9;
const LATER_SECONDS = 12;

let kv: TestKv;
let broadcast: FakeBroadcast;
let system: System;
beforeEach(async () => {
  stopClock();
  kv = createTestKv();
  broadcast = createFakeBroadcast();
  system = await startSystem({ kv, broadcast, settings: { MAX_GRANTS_PER_USER: "2" } });
});
afterEach(async () => {
  vi.useRealTimers();
  await system.close();
});

interface Redemption {
  clientId: string;
  redeem: (overrides?: Record<string, string>) => Promise<Answer>;
}

async function obtainCode(): Promise<Redemption> {
  const clientId = await register(system);
  const pkce = createPkce();
  const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
  return {
    clientId,
    redeem: (overrides) => exchangeCode(system, clientId, code, pkce, overrides),
  };
}

const isActive = async (accessToken: string): Promise<unknown> =>
  (await introspect(system.issuer, accessToken)).json["active"];

describe("an authorization code that was redeemed", () => {
  // @rule RFC6749-4.1.2-3
  it("is refused to its own client within seconds, and the login lives on", async () => {
    const { clientId, redeem } = await obtainCode();
    const tokens = toTokens(await redeem());
    for (const seconds of [0, 1, WITHIN_SECONDS - 1]) {
      advance(seconds);
      const second = await redeem();
      expect(second.status).toBe(400);
      expect(second.json["error"]).toBe("invalid_grant");
    }
    expect(await isActive(tokens.access_token)).toBe(true);
    expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(200);
    expect(broadcast.published).toEqual([]);
  });

  // @rule RFC6749-4.1.2-2
  it("revokes the login when its own client sends it later", async () => {
    const { clientId, redeem } = await obtainCode();
    const tokens = toTokens(await redeem());
    advance(LATER_SECONDS);
    expect((await redeem()).json["error"]).toBe("invalid_grant");
    expect(await isActive(tokens.access_token)).toBe(false);
    expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(400);
    expect(broadcast.published).toHaveLength(1);
  });

  // @rule RFC6749-4.1.2-2
  it.each([
    ["another client", async () => ({ client_id: await register(system) })],
    ["another verifier", async () => ({ code_verifier: createPkce().verifier })],
    ["another redirect URI", async () => ({ redirect_uri: "http://127.0.0.1:7778/callback" })],
  ])("revokes the login at once when it arrives with %s", async (_what, override) => {
    for (const seconds of [0, LATER_SECONDS]) {
      broadcast.published.length = 0;
      const { redeem } = await obtainCode();
      const tokens = toTokens(await redeem());
      advance(seconds);
      expect((await redeem(await override())).json["error"]).toBe("invalid_grant");
      expect(await isActive(tokens.access_token)).toBe(false);
      expect(broadcast.published).toHaveLength(1);
    }
  });

  // @rule RFC6749-4.1.2-2
  it("revokes the login at the next try when the store fails at first", async () => {
    const { redeem } = await obtainCode();
    const tokens = toTokens(await redeem());
    const replay = () => redeem({ code_verifier: createPkce().verifier });
    kv.failsOn = (method) => method === "deleteMembers";
    expect((await replay()).status).toBe(503);
    kv.failsOn = undefined;
    expect((await replay()).json["error"]).toBe("invalid_grant");
    expect(await isActive(tokens.access_token)).toBe(false);
  });

  // @rule RFC6749-4.1.2-1
  it("gives no tokens to its first request when another took over and has answered", async () => {
    const { clientId, redeem } = await obtainCode();
    const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>();
    const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
    kv.before = async (method, key) => {
      if (method !== "set" || !key.startsWith("at:")) return;
      kv.before = undefined;
      hold();
      await letGo;
    };
    const slow = redeem();
    await isHeld;
    advance(6);
    const tokens = toTokens(await redeem());
    release();
    const refused = await slow;
    expect(refused.status).toBe(400);
    expect(refused.json).toEqual({
      error: "invalid_grant",
      error_description: "grant request is invalid",
    });
    expect(await isActive(tokens.access_token)).toBe(true);
    expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(200);
  });

  // @rule RFC6749-4.1.2-1
  it("gives no tokens to a request whose login was revoked meanwhile", async () => {
    const { clientId, redeem } = await obtainCode();
    kv.before = async (method, key) => {
      if (method !== "compareAndSet" || !key.startsWith("code:")) return;
      if (!(await kv.get(key))?.value.includes('"isAnswered":false')) return;
      kv.before = undefined;
      const [grant = ""] = await kv.members(system.keys.clientGrants(clientId));
      await kv.deleteMembers(system.keys.grantIndexOf(grant));
    };
    const answer = await redeem();
    expect(answer.status).toBe(400);
    expect(answer.json).not.toHaveProperty("access_token");
  });

  // @rule RFC6749-4.1.2-3 GRANT-3
  it("ends no other login of its user, and keeps its own no longer", async () => {
    const { redeem } = await obtainCode();
    const first = toTokens(await redeem());
    advance(1);
    const second = (await connect(system)).tokens;
    advance(1);
    const written = kv.written.size;
    let ended = 0;
    let touched = 0;
    kv.before = async (method) => {
      if (method === "deleteMembers") ended += 1;
      if (method === "touch") touched += 1;
    };
    expect((await redeem()).status).toBe(400);
    expect([ended, touched, kv.written.size]).toEqual([0, 0, written]);
    expect(await isActive(first.access_token)).toBe(true);
    expect(await isActive(second.access_token)).toBe(true);
  });
});
