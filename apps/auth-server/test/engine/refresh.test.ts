import { createMemoryKv } from "@taiga-mcp/store";
import { systemClock } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Answer,
  authorize,
  connect,
  createPkce,
  exchangeCode,
  introspect,
  postForm,
  refresh,
  register,
  revoke,
  toAuthorizeParams,
  type Tokens,
} from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";

const DAY = 86_400;
const toTokens = (answer: Answer): Tokens => answer.json as unknown as Tokens;

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

  it("gives eight parallel requests one identical answer, so that the family never forks", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => refresh(system, clientId, tokens.refresh_token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await isActive(toTokens(answers[0] as Answer).access_token)).toBe(true);
  });

  it("repeats the answer for a client that lost it, for 30 seconds", async () => {
    const first = await refresh(system, clientId, tokens.refresh_token);
    advance(29);
    const again = await refresh(system, clientId, tokens.refresh_token);
    expect(again.status).toBe(200);
    expect(again.text).toBe(first.text);
    expect(again.headers.get("cache-control")).toBe("no-store");
    expect(again.headers.get("content-type")).toContain("application/json");
  });

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

  it("gives the answer to no other client, and leaves the family alone", async () => {
    const { access_token } = toTokens(await refresh(system, clientId, tokens.refresh_token));
    const thief = await refresh(system, await register(system), tokens.refresh_token);
    expect(thief.json["error"]).toBe("invalid_grant");
    expect(thief.text).not.toContain(access_token);
    expect(await isActive(access_token)).toBe(true);
  });

  it("takes leaving out what was granted for the same request", async () => {
    const first = await refresh(system, clientId, tokens.refresh_token);
    const again = await postForm(`${system.issuer}/token`, {
      grant_type: "refresh_token",
      client_id: clientId,
      refresh_token: tokens.refresh_token,
      scope: tokens.scope,
    });
    expect(again.text).toBe(first.text);
  });

  it("gives the answer to no request for another scope", async () => {
    await refresh(system, clientId, tokens.refresh_token);
    const other = await refresh(system, clientId, tokens.refresh_token, { scope: "taiga:read" });
    expect(other.json["error"]).toBe("invalid_grant");
  });

  it("gives no answer once the grant was revoked in between", async () => {
    const { access_token } = toTokens(await refresh(system, clientId, tokens.refresh_token));
    await revoke(system, clientId, access_token);
    const again = await refresh(system, clientId, tokens.refresh_token);
    expect(again.json["error"]).toBe("invalid_grant");
  });

  it("works across replicas that share a store", async () => {
    const { kv, issuer } = system;
    const other = await startSystem({ kv, config: { issuer } });
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

  it("gives a smaller access token for a smaller scope, and the whole one again later", async () => {
    const narrow = toTokens(
      await refresh(system, clientId, tokens.refresh_token, { scope: "taiga:read" }),
    );
    expect((await introspect(system.issuer, narrow.access_token)).json["access"]).toBe("read");
    const wide = toTokens(await refresh(system, clientId, narrow.refresh_token));
    expect((await introspect(system.issuer, wide.access_token)).json["access"]).toBe("write");
  });

  it("refuses a larger scope than was granted", async () => {
    const answer = await refresh(system, clientId, tokens.refresh_token, { scope: "taiga:admin" });
    expect(answer.json["error"]).toBe("invalid_scope");
  });

  it("keeps a login alive for as long as it is used, far beyond the end set at consent", async () => {
    const { kv, keys } = system;
    const [grantKey = ""] = await kv.members(keys.accountGrants("alice"));
    // As the vault writes it: in the grant's index, for as long as the grant was to last.
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

  it("ends a login that was not used for its whole lifetime", async () => {
    advance(30 * DAY);
    expect((await refresh(system, clientId, tokens.refresh_token)).json["error"]).toBe(
      "invalid_grant",
    );
  });
});

describe("what a refresh must not do", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("bring back a grant that was revoked while it ran", async () => {
    const kv = createTestKv();
    const system = await startSystem({ kv });
    try {
      const { clientId, tokens } = await connect(system);
      // The refresh is held just before it moves the grant's end; meanwhile the user leaves.
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

  it("lose the login when the store fails in the middle: the client tries again and gets in", async () => {
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

  it("outlive a Taiga login that has ended: invalid_grant, so that the client starts a new one", async () => {
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

describe("a consented grant", () => {
  let kv: TestKv;
  let system: System;
  beforeEach(async () => {
    stopClock();
    kv = createTestKv();
    system = await startSystem({ kv });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await system.close();
  });

  /** How long each of a grant's records still lives, by kind; the vault's as main.ts writes it. */
  async function obtainCode() {
    const clientId = await register(system);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    const [grant = ""] = await kv.members(system.keys.accountGrants("alice"));
    const records = [grant, grant.replace(/^grant/, "vault")];
    const indexes = [system.keys.grantIndexOf(grant)];
    await kv.set(records[1] ?? "", "sealed", { ttlSeconds: 660, indexes });
    const livesFor = () =>
      Promise.all(
        records.map(async (key) => ((await kv.get(key))?.expiresAt ?? 0) - systemClock()),
      );
    return { livesFor, exchange: () => exchangeCode(system, clientId, code, pkce) };
  }

  it("whose code is never exchanged is forgotten ten minutes after the code", async () => {
    const { livesFor } = await obtainCode();
    expect(await livesFor()).toEqual([660, 660]);
    advance(660);
    expect(await kv.members(system.keys.accountGrants("alice"))).toEqual([]);
  });

  it("lives its whole life from the exchange of its code on", async () => {
    const { livesFor, exchange } = await obtainCode();
    advance(30);
    const tokens = toTokens(await exchange());
    expect(await livesFor()).toEqual([30 * DAY, 30 * DAY]);
    advance(1_700);
    expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(true);
  });

  it("keeps its code when its life cannot be extended, so that the client can try again", async () => {
    const { livesFor, exchange } = await obtainCode();
    kv.failsOn = (method) => method === "touch";
    const failed = await exchange();
    expect([failed.status, failed.json["error"]]).toEqual([503, "temporarily_unavailable"]);
    kv.failsOn = undefined;
    expect((await exchange()).status).toBe(200);
    expect(await livesFor()).toEqual([30 * DAY, 30 * DAY]);
  });
});

describe("authorization codes", () => {
  let system: System;
  beforeEach(async () => {
    system = await startSystem({ kv: createMemoryKv({ clock: systemClock }) });
  });
  afterEach(() => system.close());

  async function obtainCode(): Promise<() => Promise<Answer>> {
    const clientId = await register(system);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    return () => exchangeCode(system, clientId, code, pkce);
  }

  it("are worth tokens for exactly one of eight parallel requests", async () => {
    const exchange = await obtainCode();
    const answers = await Promise.all(Array.from({ length: 8 }, exchange));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const losers = answers.filter(({ status }) => status !== 200);
    expect(new Set(losers.map(({ json }) => json["error"]))).toEqual(new Set(["invalid_grant"]));
  });

  it("end everything they were worth when used a second time", async () => {
    const exchange = await obtainCode();
    const { access_token } = toTokens(await exchange());
    expect((await exchange()).json["error"]).toBe("invalid_grant");
    expect((await introspect(system.issuer, access_token)).json).toEqual({ active: false });
  });
});
