import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Login } from "../support/api.ts";
import type { View } from "../support/view.ts";

const DAY = 24 * 60 * 60;

describe("tokens", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.close());

  const me = (token: string) =>
    api.call("GET /users/me", { headers: { Authorization: `Bearer ${token}` } });
  const refreshWith = (refresh: string) =>
    api.call<View & Login>("POST /auth/refresh", { body: { refresh } });

  test("have Taiga's claims and nothing else", async () => {
    const { auth_token, refresh } = await api.login("alice");
    expect(decodeProtectedHeader(auth_token)).toEqual({ alg: "HS256", typ: "JWT" });
    const access = decodeJwt(auth_token);
    expect(Object.keys(access).toSorted()).toEqual(["exp", "jti", "token_type", "user_id"]);
    expect(access).toMatchObject({ token_type: "access", user_id: 6 });
    expect(access.jti).toMatch(/^[0-9a-f]{32}$/);
    expect(decodeJwt(refresh).exp! - access.exp!).toBe(7 * DAY);
  });

  test("an access token works for 24 hours", async () => {
    const { auth_token } = await api.login("alice");
    api.pass(DAY - 1);
    expect((await me(auth_token)).status).toBe(200);
    api.pass(1);
    const late = await me(auth_token);
    expect([late.status, late.body.code]).toEqual([401, "token_not_valid"]);
  });

  test("refreshing gives two new tokens, and each refresh token works once", async () => {
    const first = await api.login("alice");
    const second = (await refreshWith(first.refresh)).body;
    expect(second.auth_token).not.toBe(first.auth_token);
    expect((await me(second.auth_token)).body.username).toBe("alice");
    expect((await refreshWith(first.refresh)).status).toBe(401);
    expect((await refreshWith(second.refresh)).status).toBe(200);
  });

  test("of two refreshes at the same time one loses", async () => {
    const { refresh } = await api.login("alice");
    const answers = await Promise.all([refreshWith(refresh), refreshWith(refresh)]);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 401]));
  });

  test("each refresh starts a new window of 8 days", async () => {
    const first = await api.login("alice");
    api.pass(7 * DAY);
    const second = (await refreshWith(first.refresh)).body;
    api.pass(7 * DAY);
    expect((await refreshWith(second.refresh)).status).toBe(200);
    const other = await api.login("bob");
    api.pass(8 * DAY);
    expect((await refreshWith(other.refresh)).status).toBe(401);
  });

  test("of another server, or unsigned, are refused", async () => {
    const claims = { token_type: "access", user_id: 5, jti: "0".repeat(32), exp: 4_000_000_000 };
    const foreign = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .sign(new TextEncoder().encode("the secret of somebody else"));
    const [, payload] = foreign.split(".");
    const header = Buffer.from('{"alg":"none"}').toString("base64url");
    expect((await me(foreign)).status).toBe(401);
    expect((await me(`${header}.${payload}.`)).status).toBe(401);
  });

  test("a deactivated user can neither use, refresh nor get tokens", async () => {
    const { auth_token, refresh } = await api.login("bob");
    api.sandbox.control.deactivateUser("bob");
    expect((await me(auth_token)).body.code).toBe("user_inactive");
    expect((await refreshWith(refresh)).body.code).toBe("token_not_valid");
    const body = { type: "normal", username: "bob", password: "bob-password" };
    expect((await api.call("POST /auth", { body })).body.code).toBe("invalid_credentials");
  });

  test("lifetimes can be changed, and access tokens be expired, by a test", async () => {
    const { auth_token, refresh } = await api.login("alice");
    api.sandbox.control.expireAccessTokens();
    expect((await me(auth_token)).body.code).toBe("token_not_valid");
    api.sandbox.control.tokenLifetimes.accessSeconds = 5;
    const renewed = (await refreshWith(refresh)).body;
    expect((await me(renewed.auth_token)).status).toBe(200);
    api.pass(5);
    expect((await me(renewed.auth_token)).status).toBe(401);
  });
});
