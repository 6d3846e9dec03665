import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Answer,
  connect,
  introspect,
  postForm,
  refresh,
  register,
  revoke,
  toTokens,
  type Tokens,
} from "../../support/client.ts";
import { createTestKv } from "../../support/stores.ts";
import { startSystem, type System } from "../../support/system.ts";
import { advance, stopClock } from "../../support/time.ts";

const DAY = 86_400;

describe("refreshing", () => {
  let system: System;
  let clientId: string;
  let tokens: Tokens;

  beforeEach(async () => {
    stopClock();
    system = await startSystem();
    ({ clientId, tokens } = await connect(system));
  });
  afterEach(async () => {
    vi.useRealTimers();
    await system.close();
  });

  const isActive = async (token: string): Promise<unknown> =>
    (await introspect(system.issuer, token)).json["active"];

  // @rule RFC9700-4.14.2-1
  it("gives eight parallel requests one identical answer, so that the family never forks", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => refresh(system, clientId, tokens.refresh_token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await isActive(toTokens(answers[0] as Answer).access_token)).toBe(true);
  });

  // @rule GRANT-1
  it("repeats the answer for a client that lost it, for 30 seconds", async () => {
    const first = await refresh(system, clientId, tokens.refresh_token);
    advance(29);
    const again = await refresh(system, clientId, tokens.refresh_token);
    expect(again.status).toBe(200);
    expect(again.text).toBe(first.text);
    expect(again.headers.get("cache-control")).toBe("no-store");
    expect(again.headers.get("content-type")).toContain("application/json");
  });

  // @rule RFC9700-4.14.2-2
  it("revokes the family when a token is used again after the grace", async () => {
    const { access_token, refresh_token } = toTokens(
      await refresh(system, clientId, tokens.refresh_token),
    );
    advance(30);
    const replay = await refresh(system, clientId, tokens.refresh_token);
    expect(replay.status).toBe(400);
    expect(replay.json["error"]).toBe("invalid_grant");
    expect(await isActive(access_token)).toBe(false);
    expect((await refresh(system, clientId, refresh_token)).json["error"]).toBe("invalid_grant");
  });

  // @rule GRANT-1
  it("gives the answer to no other client, and keeps the family", async () => {
    const { access_token } = toTokens(await refresh(system, clientId, tokens.refresh_token));
    const thief = await refresh(system, await register(system), tokens.refresh_token);
    expect(thief.json["error"]).toBe("invalid_grant");
    expect(thief.text).not.toContain(access_token);
    expect(await isActive(access_token)).toBe(true);
  });

  it("treats a request that omits the granted values as the same request", async () => {
    const first = await refresh(system, clientId, tokens.refresh_token);
    const again = await postForm(`${system.issuer}/token`, {
      grant_type: "refresh_token",
      client_id: clientId,
      refresh_token: tokens.refresh_token,
      scope: tokens.scope,
    });
    expect(again.text).toBe(first.text);
  });

  // @rule GRANT-1
  it("does not repeat the answer for another scope", async () => {
    await refresh(system, clientId, tokens.refresh_token);
    const other = await refresh(system, clientId, tokens.refresh_token, { scope: "taiga:read" });
    expect(other.json["error"]).toBe("invalid_grant");
  });

  // @rule GRANT-1
  it("does not repeat the answer after the grant was revoked", async () => {
    const { access_token } = toTokens(await refresh(system, clientId, tokens.refresh_token));
    await revoke(system, clientId, access_token);
    const again = await refresh(system, clientId, tokens.refresh_token);
    expect(again.json["error"]).toBe("invalid_grant");
  });

  // @rule RFC9700-4.14.2-1
  it("works on replicas that share a store", async () => {
    const { store: kv, issuer } = system;
    const other = await startSystem({ kv, settings: { ISSUER: issuer } });
    try {
      const here = refresh(system, clientId, tokens.refresh_token);
      const there = refresh({ issuer: other.url }, clientId, tokens.refresh_token);
      const [first, second] = await Promise.all([here, there]);
      expect(first.status).toBe(200);
      expect(second.text).toBe(first.text);
    } finally {
      await other.close();
    }
  });

  it("does not count a refused request as a use of the token", async () => {
    const refused = await refresh(system, clientId, tokens.refresh_token, {
      resource: "https://elsewhere.example/mcp",
    });
    expect(refused.json["error"]).toBe("invalid_target");
    advance(60);
    expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(200);
  });

  // @rule RFC6749-6-1
  it("gives an access token with a smaller scope on request, and the full scope again later", async () => {
    const narrow = toTokens(
      await refresh(system, clientId, tokens.refresh_token, { scope: "taiga:read" }),
    );
    expect((await introspect(system.issuer, narrow.access_token)).json["access"]).toBe("read");
    const wide = toTokens(await refresh(system, clientId, narrow.refresh_token));
    expect((await introspect(system.issuer, wide.access_token)).json["access"]).toBe("write");
  });

  // @rule RFC6749-6-1
  it("never gives a larger scope than was granted", async () => {
    const answer = await refresh(system, clientId, tokens.refresh_token, { scope: "taiga:admin" });
    expect(toTokens(answer).scope).toBe(tokens.scope);
    const { access_token } = toTokens(answer);
    expect((await introspect(system.issuer, access_token)).json["access"]).toBe("write");
  });

  // @rule GRANT-3
  it("keeps a login alive while it is used, far beyond the expiry set at consent", async () => {
    const { kv, keys } = system;
    const [grantKey = ""] = await kv.members(keys.accountGrants("alice"));
    // As the vault writes it: in the grant's index, with the lifetime of the grant.
    const vaultKey = grantKey.replace(/^grant/, "vault");
    const indexes = [keys.grantIndexOf(grantKey)];
    await kv.set(vaultKey, "sealed", { ttlSeconds: 30 * DAY, indexes });
    let { access_token, refresh_token } = tokens;
    for (let weeks = 0; weeks < 30; weeks += 1) {
      advance(7 * DAY);
      const answer = await refresh(system, clientId, refresh_token);
      expect(answer.status).toBe(200);
      ({ access_token, refresh_token } = toTokens(answer));
    }
    expect(await isActive(access_token)).toBe(true);
    expect(await kv.get(vaultKey)).toMatchObject({ value: "sealed" });
    expect(await kv.members(keys.clientGrants(clientId))).toEqual([grantKey]);
    await revoke(system, clientId, refresh_token);
    expect(await kv.get(vaultKey)).toBeUndefined();
  });

  // @rule GRANT-3
  it("ends a login that was not used for its whole lifetime", async () => {
    advance(30 * DAY);
    expect((await refresh(system, clientId, tokens.refresh_token)).json["error"]).toBe(
      "invalid_grant",
    );
  });
});

describe("a refresh must not", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  // @rule GRANT-4
  it("bring back a grant that was revoked while it ran", async () => {
    const kv = createTestKv();
    const system = await startSystem({ kv });
    try {
      const { clientId, tokens } = await connect(system);
      // The refresh is held just before it extends the grant; meanwhile the user revokes the grant.
      let isRevoked = false;
      kv.before = async (method, key) => {
        if (method !== "touch" || !key.startsWith("grant:") || isRevoked) return;
        isRevoked = true;
        await revoke(system, clientId, tokens.access_token);
      };
      const answer = await refresh(system, clientId, tokens.refresh_token);
      expect(isRevoked).toBe(true);
      kv.before = undefined;
      const token = toTokens(answer).access_token ?? "none";
      expect((await introspect(system.issuer, token)).json).toEqual({ active: false });
      const next = toTokens(answer).refresh_token ?? "none";
      expect((await refresh(system, clientId, next)).json["error"]).toBe("invalid_grant");
    } finally {
      await system.close();
    }
  });

  // @rule OUTAGE-1
  it("lose the login when the store fails in the middle: the client tries again and gets tokens", async () => {
    stopClock();
    const kv = createTestKv();
    const system = await startSystem({ kv });
    try {
      const { clientId, tokens } = await connect(system);
      kv.failsOn = (method, key) => method === "set" && key.startsWith("at:");
      const failed = await refresh(system, clientId, tokens.refresh_token);
      expect(failed.status).toBe(503);
      expect(failed.json["error"]).toBe("temporarily_unavailable");
      kv.failsOn = undefined;
      expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(200);
    } finally {
      await system.close();
    }
  });

  // @rule GRANT-5
  it("work after the Taiga login has ended: invalid_grant, so that the client starts a new login", async () => {
    let status: "live" | "lost" = "live";
    const system = await startSystem({ vault: { status: async () => status } });
    try {
      const { clientId, tokens } = await connect(system);
      status = "lost";
      const answer = await refresh(system, clientId, tokens.refresh_token);
      expect(answer.json["error"]).toBe("invalid_grant");
    } finally {
      await system.close();
    }
  });
});
