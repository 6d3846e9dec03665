import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UNUSED_CLIENT_TTL_SECONDS } from "../../src/engine/records/records.ts";
import {
  connect,
  createPkce,
  postJson,
  REDIRECT_URI,
  refresh,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";

describe("registering a client", () => {
  let system: System;
  beforeEach(async () => {
    system = await startSystem();
  });
  afterEach(() => system.close());

  const registerWith = (metadata: object) => postJson(`${system.issuer}/register`, metadata);

  // @rule GRANT-12
  it("lasts a day, and half a year once a user logs in", async () => {
    const clientId = String(
      (await registerWith({ redirect_uris: [REDIRECT_URI] })).json["client_id"],
    );
    const key = system.keys.client(clientId);
    const secondsLeft = async (): Promise<number> =>
      ((await system.kv.get(key))?.expiresAt ?? 0) - Date.now() / 1000;
    expect(await secondsLeft()).toBeLessThanOrEqual(UNUSED_CLIENT_TTL_SECONDS);
    await connect(system, { clientId });
    expect(await secondsLeft()).toBeGreaterThan(179 * UNUSED_CLIENT_TTL_SECONDS);
    const members = await system.kv.members(system.keys.clientIndex(clientId));
    expect(members).toHaveLength(2);
  });

  // @rule GRANT-12
  it("and its own token last half a year from each refresh, and expire without refreshes", async () => {
    stopClock();
    try {
      const { json } = await registerWith({ redirect_uris: [REDIRECT_URI] });
      const clientId = String(json["client_id"]);
      const headers = { authorization: `Bearer ${String(json["registration_access_token"])}` };
      const isKnown = async (): Promise<boolean> =>
        (await request(String(json["registration_client_uri"]), { headers })).status === 200;
      let { tokens } = await connect(system, { clientId });
      for (let month = 0; month < 8; month += 1) {
        advance(29 * 86_400);
        const answer = await refresh(system, clientId, tokens.refresh_token);
        expect(answer.status).toBe(200);
        tokens = answer.json as unknown as typeof tokens;
      }
      advance(179 * 86_400);
      expect(await isKnown()).toBe(true);
      advance(2 * 86_400);
      expect(await isKnown()).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  // @rule GRANT-12
  it("expires after a day without a login", async () => {
    stopClock();
    try {
      const { json } = await registerWith({ redirect_uris: [REDIRECT_URI] });
      const params = toAuthorizeParams(String(json["client_id"]), createPkce());
      const open = () => request(`${system.issuer}/authorize?${params.toString()}`);
      advance(UNUSED_CLIENT_TTL_SECONDS - 1);
      expect((await open()).status).toBe(303);
      advance(2);
      expect((await open()).text).toContain("This app is not known here");
    } finally {
      vi.useRealTimers();
    }
  });
});
