import { UnavailableError } from "@taiga-mcp/service";
import { TaigaError, type TaigaErrorCode } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import { LoginThrottledError } from "../../src/login/login-backend.ts";
import { createPasswordLogin, type TaigaAuth } from "../../src/login/taiga-password.ts";

const credentials = { username: "ada", password: "correct horse" };
const noSleep = async (): Promise<void> => {};

const refusing = (code: TaigaErrorCode, retryAfterSeconds?: number): TaigaAuth => ({
  login: () => Promise.reject(new TaigaError(code, "no", { retryAfterSeconds })),
});

const loginWith = (auth: TaigaAuth) =>
  createPasswordLogin({ taiga: { auth }, loginType: "normal", sleep: noSleep }).login(credentials);

describe("createPasswordLogin", () => {
  it("returns the user and the start of a refresh chain", async () => {
    const requests: unknown[] = [];
    const login = createPasswordLogin({
      taiga: {
        auth: {
          login: async (request) => {
            requests.push(request);
            return {
              id: 5,
              username: "ada",
              full_name_display: "Ada Lovelace",
              email: "ada@example.com",
              verified_email: true,
              is_active: true,
              authToken: "access",
              refreshToken: "refresh",
            };
          },
        },
      },
      loginType: "ldap",
      sleep: noSleep,
    });
    expect(await login.login(credentials)).toEqual({
      ok: true,
      account: {
        id: 5,
        username: "ada",
        fullName: "Ada Lovelace",
        email: "ada@example.com",
        isEmailVerified: true,
        isActive: true,
      },
      credential: { scheme: "Bearer", token: "access", refreshToken: "refresh" },
    });
    expect(requests).toEqual([{ type: "ldap", ...credentials }]);
  });

  // @rule LOGIN-3
  it.each(["invalid_credentials", "user_inactive", "user_not_found", "validation_failed"] as const)(
    "answers %s like a wrong password, so that existing names are not revealed",
    async (code) =>
      expect(await loginWith(refusing(code))).toEqual({ ok: false, reason: "wrong_credentials" }),
  );

  // @rule LOGIN-3
  it("delays a refusal, because Taiga answers faster for unknown users", async () => {
    let wake = (): void => {};
    let asked = 0;
    let settled = false;
    const login = createPasswordLogin({
      taiga: { auth: refusing("invalid_credentials") },
      loginType: "normal",
      sleep: (ms) => {
        asked = ms;
        return new Promise<void>((resolve) => (wake = resolve));
      },
    });
    const outcome = login.login(credentials).finally(() => (settled = true));
    await new Promise(setImmediate);
    expect({ asked, settled }).toEqual({ asked: 1_000, settled: false });
    wake();
    expect(await outcome).toMatchObject({ ok: false });
  });

  // @rule LOGIN-6
  it("passes on how long Taiga refuses further logins", async () => {
    await expect(loginWith(refusing("throttled", 42))).rejects.toMatchObject({
      code: "login_throttled",
      retryAfterSeconds: 42,
    });
    await expect(loginWith(refusing("throttled"))).rejects.toBeInstanceOf(LoginThrottledError);
  });

  // @rule LOGIN-6
  it.each([
    "unavailable",
    "server_error",
    "unexpected_response",
    "invalid_request",
    "not_authenticated",
  ] as const)("treats %s as an outage, never as a wrong password", async (code) => {
    await expect(loginWith(refusing(code))).rejects.toBeInstanceOf(UnavailableError);
  });

  // @rule LOGIN-1
  it("never repeats the password in an error", async () => {
    const error: unknown = await loginWith(refusing("server_error")).catch(
      (cause: unknown) => cause,
    );
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("correct horse");
  });

  it("does not hide a bug", async () => {
    const broken: TaigaAuth = { login: () => Promise.reject(new TypeError("bug")) };
    await expect(loginWith(broken)).rejects.toThrow(TypeError);
  });
});
