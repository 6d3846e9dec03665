import { type Clock, UnavailableError } from "@taiga-mcp/service";
import { type TaigaClient, TaigaError } from "@taiga-mcp/taiga-client";
import {
  LoginThrottledError,
  type ApplicationCredential,
  type TaigaAccount,
} from "./login-backend.ts";
import { toTaigaAccount } from "./taiga-account.ts";

/** For 429 answers of Taiga without `Retry-After`: its throttles count per minute. */
const DEFAULT_WAIT_SECONDS = 60;

/** The part of a Taiga client that this login uses. */
export type TaigaApplications = Pick<TaigaClient, "applicationTokens"> & {
  users: Pick<TaigaClient["users"], "me">;
};

export interface ApplicationLoginDeps {
  /** Creates a Taiga client for a credential, or without one. */
  connect: (credential?: Pick<ApplicationCredential, "scheme" | "token">) => TaigaApplications;
  /** Id of our application, as Taiga's administrator has registered it. */
  applicationId: string;
  /** Address of Taiga's web pages, without a trailing slash. */
  taigaWebUrl: string;
  clock: Clock;
}

export type ApplicationOutcome =
  | { ok: true; account: TaigaAccount; credential: ApplicationCredential }
  /** The code is of another flow or used already, or its user is not active. */
  | { ok: false; reason: "wrong_code" | "user_inactive" };

/**
 * Login on Taiga's own pages, through its external-application flow. The password, and anything else
 * that Taiga asks for, never passes through this server.
 */
export interface ApplicationLogin {
  /**
   * The address to send the browser to.
   * @param state URL-safe and unguessable: Taiga's page copies it into URLs unescaped. Taiga does not
   *   return it.
   */
  toLoginUrl(state: string): string;
  /**
   * Exchanges the code that the browser came back with. A code is single-use.
   * @throws {UnavailableError} when Taiga does not answer.
   * @throws {LoginThrottledError} when Taiga throttles logins from this server's address.
   */
  redeem(authCode: string, state: string): Promise<ApplicationOutcome>;
  /** Revokes the token at Taiga. @throws {TaigaError} when it may still work. */
  revoke(credential: Pick<ApplicationCredential, "scheme" | "token">): Promise<void>;
}

export function createApplicationLogin(deps: ApplicationLoginDeps): ApplicationLogin {
  const { connect, applicationId: application, taigaWebUrl, clock } = deps;
  return {
    // Through Taiga's login page, which passes users on who are logged in already. The application
    // page itself would lose the state when it sends a user to the login page first.
    toLoginUrl: (state) => {
      const next = `/external-apps?${new URLSearchParams({ application, state }).toString()}`;
      return `${taigaWebUrl}/login?next=${encodeURIComponent(next)}`;
    },

    redeem: async (authCode, state) => {
      try {
        const flow = { application, authCode, state };
        const token = await connect().applicationTokens.validate(flow);
        const me = await connect({ scheme: "Application", token }).users.me();
        if (!me.is_active) return { ok: false, reason: "user_inactive" };
        const credential = { token, state, userId: me.id, checkedAt: clock() };
        return {
          ok: true,
          account: toTaigaAccount(me),
          credential: { scheme: "Application", ...credential },
        };
      } catch (error) {
        return toRefusal(error);
      }
    },

    revoke: async (credential) => {
      const { applicationTokens } = connect(credential);
      try {
        for (const { id } of await applicationTokens.list(application)) {
          await applicationTokens.delete(id);
        }
      } catch (error) {
        // Another process, or the user at Taiga, has revoked the token already.
        if (!(error instanceof TaigaError) || !GONE.has(error.code)) throw error;
      }
    },
  };
}

/** Error codes of Taiga when the token, or its row, does not exist any more. */
const GONE: ReadonlySet<string> = new Set(["not_authenticated", "not_found", "permission_denied"]);

/** @throws {LoginThrottledError | UnavailableError} for errors that say nothing about the code. */
function toRefusal(error: unknown): ApplicationOutcome {
  if (!(error instanceof TaigaError)) throw error;
  switch (error.code) {
    case "not_found":
    case "not_authenticated":
      return { ok: false, reason: "wrong_code" };
    case "user_inactive":
    case "user_not_found":
      return { ok: false, reason: "user_inactive" };
    case "throttled":
      throw new LoginThrottledError(error.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS, {
        cause: error,
      });
    default:
      throw new UnavailableError("Taiga does not answer.", { cause: error });
  }
}
