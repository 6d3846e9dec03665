import { UnavailableError } from "@taiga-mcp/service";
import { TaigaError } from "@taiga-mcp/taiga-client";
import { setTimeout as delay } from "node:timers/promises";
import { type LoginBackend, type LoginOutcome, LoginThrottledError } from "./login-backend.ts";
import { type OwnUser, toTaigaAccount } from "./taiga-account.ts";

/**
 * How long a refusal takes at least. Taiga hashes the password only of users it knows, so its own
 * answer tells by its time who exists; ours does not.
 */
const REFUSAL_MS = 1_000;

/** Taiga names no wait with some of its 429 answers; its own throttle counts by the minute. */
const DEFAULT_WAIT_SECONDS = 60;

/** As much of a Taiga client as a login takes. */
export interface TaigaAuth {
  login(request: {
    type: string;
    username: string;
    password: string;
  }): Promise<OwnUser & { authToken: string; refreshToken: string }>;
}

export interface PasswordLoginDeps {
  taiga: { auth: TaigaAuth };
  /** Taiga's login `type`: "normal", or that of a plugin which takes name and password. */
  loginType: string;
  sleep?: (ms: number) => Promise<unknown>;
}

/** Checks user name and password at Taiga: `POST /auth`. Neither is logged, kept or repeated. */
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

/** @throws whatever is no refusal of this name and password. */
function toRefusal(error: unknown): LoginOutcome {
  if (!(error instanceof TaigaError)) throw error;
  switch (error.code) {
    case "invalid_credentials":
    case "user_inactive":
    case "user_not_found":
    // Taiga strips blanks: what we take for a password may be none to it.
    case "validation_failed":
      return { ok: false, reason: "wrong_credentials" };
    case "throttled":
      throw new LoginThrottledError(error.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS, {
        cause: error,
      });
    case "invalid_request":
      throw new UnavailableError(
        "Taiga does not offer the way of logging in that this server is set up for.",
        { cause: error },
      );
    default:
      throw new UnavailableError("Taiga does not answer.", { cause: error });
  }
}
