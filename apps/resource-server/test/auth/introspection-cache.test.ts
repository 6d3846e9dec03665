import { type AuthInfo, OAuthError, OAuthErrorCode } from "@modelcontextprotocol/server";
import { UnavailableError } from "@taiga-mcp/service";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  createIntrospectionCache,
  type IntrospectionCache,
} from "../../src/auth/introspection-cache.ts";
import { NOW } from "../support/harness.ts";

let now: number;
/** Introspected tokens. */
let asked: string[];
let expiresAt: number;
let failure: Error | undefined;
/** Holds responses back until they are released. */
let held: (() => void)[] | undefined;
let cache: IntrospectionCache;

const grantOfToken = (token: string): string => token.split(" ")[0] ?? "";

const verifier = {
  async verifyAccessToken(token: string): Promise<AuthInfo> {
    asked.push(token);
    // The state when the authorization server reads its store, before the response is sent.
    const error = failure;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (held === undefined) resolve();
    else held.push(resolve);
    await promise;
    if (error !== undefined) throw error;
    const grantId = grantOfToken(token);
    return {
      token,
      clientId: "client",
      scopes: ["taiga:read"],
      expiresAt,
      extra: { subject: "user", grantId, access: "read", projects: "all" },
    };
  },
};

const createCache = (ttlSeconds = 30) =>
  createIntrospectionCache({ verifier, ttlSeconds, clock: () => now });

beforeEach(() => {
  now = NOW;
  asked = [];
  expiresAt = NOW + 3_600;
  failure = undefined;
  held = undefined;
  cache = createCache();
});

const verify = (token = "grant token"): Promise<AuthInfo> => cache.verifyAccessToken(token);
const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "active",
    (error: unknown) => (error instanceof OAuthError ? error.code : error),
  );
const letGo = (): void => held?.splice(0).forEach((resolve) => resolve());

describe("while the revocation stream is live", () => {
  beforeEach(() => cache.restored());

  // @rule RFC7662-4-2
  it("a token is introspected once in 30 seconds", async () => {
    const first = await verify();
    now += 29;
    expect(await verify()).toEqual(first);
    expect(asked).toHaveLength(1);
    now += 1;
    await verify();
    expect(asked).toHaveLength(2);
  });

  // @rule ACC-6
  it("a token of a changed grant is introspected again and stays active, others are not", async () => {
    await verify("changed token");
    await verify("other token");
    cache.changed("changed");
    expect((await verify("changed token")).scopes).toEqual(["taiga:read"]);
    await verify("other token");
    expect(asked).toEqual(["changed token", "other token", "changed token"]);
  });

  // @rule ACC-6
  it("a response from before a change is not shared with later requests", async () => {
    held = [];
    const before = verify();
    cache.changed("grant");
    const after = verify();
    letGo();
    await Promise.all([before, after]);
    expect(asked).toHaveLength(2);
  });

  // @rule ACC-6
  it("a response from before a change is not cached", async () => {
    held = [];
    const before = verify();
    cache.changed("grant");
    letGo();
    await before;
    held = undefined;
    await verify();
    expect(asked).toHaveLength(2);
  });

  it("the 30 seconds start with the request, because the response may be that old", async () => {
    held = [];
    const slow = verify();
    now += 3;
    letGo();
    await slow;
    held = undefined;
    now += 27;
    await verify();
    expect(asked).toHaveLength(2);
  });

  // @rule RFC7662-4-2
  it("a token that is about to expire is not cached beyond its expiry", async () => {
    expiresAt = NOW + 10;
    await verify();
    now += 9;
    await verify();
    expect(asked).toHaveLength(1);
    now += 1;
    failure = new OAuthError(OAuthErrorCode.InvalidToken, "expired");
    expect(await codeOf(verify())).toBe("invalid_token");
  });

  it("concurrent checks of one token share one introspection", async () => {
    held = [];
    const calls = Array.from({ length: 20 }, () => verify());
    const other = verify("other token");
    letGo();
    expect(new Set(await Promise.all(calls)).size).toBe(1);
    await other;
    expect(asked).toEqual(["grant token", "other token"]);
  });

  // @rule RFC7662-4-2
  it.each([
    ["an inactive token", new OAuthError(OAuthErrorCode.InvalidToken, "dead")],
    ["a token without scopes", new OAuthError(OAuthErrorCode.InsufficientScope, "none")],
    ["an outage", new UnavailableError("down")],
  ])("%s is introspected each time: only active tokens are cached", async (_what, error) => {
    failure = error;
    await codeOf(verify());
    failure = undefined;
    expect(await codeOf(verify())).toBe("active");
  });

  // @rule RFC7662-4-2
  it("tokens are cached separately, and each result names its token", async () => {
    await verify("a 1");
    await verify("b 1");
    expect((await verify("a 1")).token).toBe("a 1");
    expect((await verify("b 1")).extra).toMatchObject({ grantId: "b" });
    expect(asked).toEqual(["a 1", "b 1"]);
  });

  // @rule RFC7662-4-2
  it("the least recently used of 10 000 tokens is evicted", async () => {
    for (let count = 0; count <= 10_000; count += 1) await verify(`grant ${count}`);
    asked = [];
    await verify("grant 10000");
    expect(asked).toEqual([]);
    await verify("grant 0");
    expect(asked).toEqual(["grant 0"]);
  });

  it("a cached token is answered synchronously", async () => {
    await verify();
    const then = vi.spyOn(Promise.prototype, "then");
    const answer = verify();
    expect(then).not.toHaveBeenCalled();
    then.mockRestore();
    expect((await answer).token).toBe("grant token");
  });
});

describe("a grant that ends", () => {
  beforeEach(() => cache.restored());

  // @rule RFC7009-2.1-3 CVE-2026-8922
  it("removes all its tokens from the cache, and no others", async () => {
    for (const token of ["gone 1", "gone 2", "stays 1"]) await verify(token);
    asked = [];
    cache.revoked("gone");
    failure = new OAuthError(OAuthErrorCode.InvalidToken, "revoked");
    expect(await codeOf(verify("gone 1"))).toBe("invalid_token");
    expect(await codeOf(verify("gone 2"))).toBe("invalid_token");
    expect(await codeOf(verify("stays 1"))).toBe("active");
    expect(asked).toEqual(["gone 1", "gone 2"]);
  });

  // @rule RFC7009-2.1-3
  it("makes a response inactive that was sent before it and arrives after it", async () => {
    held = [];
    const first = verify();
    const second = verify();
    cache.revoked("grant");
    letGo();
    expect(await codeOf(first)).toBe("invalid_token");
    expect(await codeOf(second)).toBe("invalid_token");
    held = undefined;
    failure = new OAuthError(OAuthErrorCode.InvalidToken, "revoked");
    expect(await codeOf(verify())).toBe("invalid_token");
    expect(asked).toHaveLength(2);
  });

  // @rule RFC7009-2.1-3
  it("is remembered for a minute, also over a loss of the stream", async () => {
    cache.revoked("grant");
    cache.lost();
    now += 59;
    expect(await codeOf(verify())).toBe("invalid_token");
    cache.restored();
    expect(await codeOf(verify())).toBe("invalid_token");
    now += 1;
    expect(await codeOf(verify())).toBe("active");
  });
});

describe("while the revocation stream is lost", () => {
  // @rule GRANT-9
  it("no response is cached, also at the start", async () => {
    await verify();
    await verify();
    expect(asked).toHaveLength(2);
  });

  it("no response is shared: one that is under way may be older than a revocation", async () => {
    held = [];
    const calls = [verify(), verify()];
    letGo();
    await Promise.all(calls);
    expect(asked).toHaveLength(2);
  });

  // @rule GRANT-9
  it("the cache is cleared, and stays cleared when the stream is live again", async () => {
    cache.restored();
    await verify();
    cache.lost();
    await verify();
    cache.restored();
    await verify();
    expect(asked).toHaveLength(3);
    await verify();
    expect(asked).toHaveLength(3);
  });

  it.each([
    ["before the stream was live", () => {}],
    [
      "before the stream was lost and live again",
      () => {
        cache.restored();
      },
    ],
  ])("an answer that was asked for %s is not remembered", async (_when, begin) => {
    begin();
    held = [];
    const early = verify();
    cache.lost();
    cache.restored();
    letGo();
    await early;
    held = undefined;
    await verify();
    expect(asked).toHaveLength(2);
  });
});

it("introspects each time when the operator has disabled the cache", async () => {
  cache = createCache(0);
  cache.restored();
  held = [];
  const calls = [verify(), verify()];
  letGo();
  await Promise.all(calls);
  held = undefined;
  await verify();
  expect(asked).toHaveLength(3);
});
