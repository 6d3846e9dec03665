import { type Clock, UnavailableError } from "@taiga-mcp/service";
import { type TaigaClient, TaigaError } from "@taiga-mcp/taiga-client";
import {
  LoginThrottledError,
  type ApplicationCredential,
  type TaigaAccount,
} from "./login-backend.ts";
import { toTaigaAccount } from "./taiga-account.ts";

/** Taiga names no wait with some of its 429 answers; its own throttle counts by the minute. */
const DEFAULT_WAIT_SECONDS = 60;

/** As much of a Taiga client as this takes. */
export type TaigaApplications = Pick<TaigaClient, "applicationTokens" | "users">;

export interface ApplicationLoginDeps {
  /** A client that calls Taiga with this credential, or with none. */
  connect: (credential?: Pick<ApplicationCredential, "scheme" | "token">) => TaigaApplications;
  /** Of our application, as Taiga's administrator has registered it. */
  applicationId: string;
  /** Where people open Taiga, without a trailing slash. */
  taigaWebUrl: string;
  clock: Clock;
}

export type ApplicationOutcome =
  | { ok: true; account: TaigaAccount; credential: ApplicationCredential }
  /** The code is not for this flow, was used, or its user is not active. */
  | { ok: false; reason: "wrong_code" | "user_inactive" };

/**
 * Login through Taiga's own pages: its external applications. The password, and whatever else
 * Taiga asks for, never passes through here.
 */
export interface ApplicationLogin {
  /**
   * Where to send the browser.
   * @param state URL-safe and unguessable: Taiga's page writes it into URLs as it is. It does not
   *   come back.
   */
  toLoginUrl(state: string): string;
  /**
   * Trades the code the browser came back with, once.
   * @throws {UnavailableError} when Taiga does not answer.
   * @throws {LoginThrottledError} when Taiga lets nobody from here log in for a while.
   */
  redeem(authCode: string, state: string): Promise<ApplicationOutcome>;
  /** Ends the token at Taiga. @throws {TaigaError} when it may still work. */
  revoke(credential: Pick<ApplicationCredential, "scheme" | "token">): Promise<void>;
}

export function createApplicationLogin(deps: ApplicationLoginDeps): ApplicationLogin {
  const { connect, applicationId: application, taigaWebUrl, clock } = deps;
  return {
    // By way of Taiga's login page, which knows what to do with somebody who is logged in: the
    // page itself sends the others to log in and loses the state on the way.
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
        // Somebody else was faster, here or at Taiga.
        if (!(error instanceof TaigaError) || !GONE.has(error.code)) throw error;
      }
    },
  };
}

/** How Taiga answers about what is gone: the token, or the row of it. */
const GONE: ReadonlySet<string> = new Set(["not_authenticated", "not_found", "permission_denied"]);

/** @throws whatever is no refusal of this code. */
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
