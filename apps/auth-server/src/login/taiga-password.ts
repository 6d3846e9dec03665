import { UnavailableError } from "@taiga-mcp/service";
import { TaigaError } from "@taiga-mcp/taiga-client";
import { setTimeout as delay } from "node:timers/promises";
import { type LoginBackend, type LoginOutcome, LoginThrottledError } from "./login-backend.ts";
import { type OwnUser, toTaigaAccount } from "./taiga-account.ts";

/**
 * Minimum duration of a rejected login. Taiga hashes the password of existing users only, so its
 * response time reveals which users exist; ours must not.
 */
const REFUSAL_MS = 1_000;

/** For 429 answers of Taiga without `Retry-After`: its throttles count per minute. */
const DEFAULT_WAIT_SECONDS = 60;

/** The part of a Taiga client that a login uses. */
export interface TaigaAuth {
  login(request: {
    type: string;
    username: string;
    password: string;
  }): Promise<OwnUser & { authToken: string; refreshToken: string }>;
}

export interface PasswordLoginDeps {
  taiga: { auth: TaigaAuth };
  /** Taiga's login `type`: "normal", or that of a plugin for logins by name and password. */
  loginType: string;
  sleep?: (ms: number) => Promise<unknown>;
}

/** Checks user name and password at Taiga: `POST /auth`. Neither is logged, stored or retried. */
export function createPasswordLogin(deps: PasswordLoginDeps): LoginBackend {
  const { taiga, loginType, sleep = delay } = deps;
  return {
    login: async ({ username, password }) => {
      const refusalTime = sleep(REFUSAL_MS);
      try {
        const login = await taiga.auth.login({ type: loginType, username, password });
        return {
          ok: true,
          account: toTaigaAccount(login),
          credential: {
            scheme: "Bearer",
            token: login.authToken,
            refreshToken: login.refreshToken,
          },
        };
      } catch (error) {
        const refusal = toRefusal(error);
        await refusalTime;
        return refusal;
      }
    },
  };
}

/** @throws {LoginThrottledError | UnavailableError} for errors that say nothing about the password. */
function toRefusal(error: unknown): LoginOutcome {
  if (!(error instanceof TaigaError)) throw error;
  switch (error.code) {
    case "invalid_credentials":
    case "user_inactive":
    case "user_not_found":
    // Taiga strips whitespace, so a password of blanks is empty to it.
    case "validation_failed":
      return { ok: false, reason: "wrong_credentials" };
    case "throttled":
      throw new LoginThrottledError(error.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS, {
        cause: error,
      });
    case "invalid_request":
      throw new UnavailableError(
        "Taiga does not support the login type that this server is configured for.",
        { cause: error },
      );
    default:
      throw new UnavailableError("Taiga does not answer.", { cause: error });
  }
}
