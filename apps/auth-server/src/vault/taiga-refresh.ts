import type { Clock } from "@taiga-mcp/service";
import { TaigaError } from "@taiga-mcp/taiga-client";
import type { IsAllowed } from "../login/allow-list.ts";
import type { TaigaAccount, TaigaCredentialRecord } from "../login/login-backend.ts";

/** Timeout of one attempt. */
const ATTEMPT_MS = 20_000;

/** Error codes of Taiga for a credential that will never work again. */
const REFUSALS: ReadonlySet<string> = new Set([
  "token_not_valid",
  "user_inactive",
  "user_not_found",
]);

/** Exchanges a refresh token for the next pair of tokens: `POST /auth/refresh`. */
export type RefreshAtTaiga = (
  refreshToken: string,
  /** Aborts the request after its timeout. */
  signal: AbortSignal,
) => Promise<{ authToken: string; refreshToken: string }>;

/** Asks Taiga which user a credential belongs to: `GET /users/me`. */
export type AskWhoIs = (
  credential: Pick<TaigaCredentialRecord, "scheme" | "token">,
  signal: AbortSignal,
) => Promise<TaigaAccount>;

export type Answer =
  /** The credential to use from now on. */
  | { kind: "good"; credential: TaigaCredentialRecord }
  /** The login has ended for good; `reason` is for the log. */
  | { kind: "refused"; reason: string }
  /** Taiga did not answer, so nothing is known. */
  | { kind: "none"; cause: TaigaError };

export interface TaigaRefreshDeps {
  refresh: RefreshAtTaiga;
  whoIs: AskWhoIs;
  /** Who may use this installation; without it, every user of this Taiga. */
  isAllowed?: IsAllowed | undefined;
  clock: Clock;
}

/** Renews credentials at Taiga and checks their users. */
export interface TaigaRefresh {
  /** Renews a login; for an application token, checks that its user is still active and allowed. */
  renew(credential: TaigaCredentialRecord): Promise<Answer>;
  /** Checks that the user of a working credential is (still) active and allowed here. */
  checkUser(credential: TaigaCredentialRecord): Promise<Answer>;
}

export function createTaigaRefresh(deps: TaigaRefreshDeps): TaigaRefresh {
  const { refresh, whoIs, isAllowed, clock } = deps;

  const renewOnce = (credential: TaigaCredentialRecord): Promise<Answer> =>
    credential.scheme === "Application"
      ? check(credential)
      : attempt(async (signal) => {
          const pair = await refresh(credential.refreshToken, signal);
          const { authToken: token, refreshToken } = pair;
          return { kind: "good", credential: { scheme: "Bearer", token, refreshToken } };
        });

  /** Taiga accepts application tokens of inactive users, so the check is up to us. */
  const check = (credential: TaigaCredentialRecord): Promise<Answer> =>
    attempt(async (signal) => {
      const account = await whoIs(credential, signal);
      if (!account.isActive) return { kind: "refused", reason: "user_inactive" };
      if (isAllowed?.(account) === false) return { kind: "refused", reason: "not_admitted" };
      if (credential.scheme === "Bearer") return { kind: "good", credential };
      return { kind: "good", credential: { ...credential, checkedAt: clock() } };
    }, credential);

  return {
    renew: async (credential) => {
      const first = await renewOnce(credential);
      // The first request may or may not have reached Taiga; asking again tells.
      return first.kind === "none" && first.cause.outcomeUnknown ? renewOnce(credential) : first;
    },
    checkUser: async (credential) =>
      isAllowed === undefined ? { kind: "good", credential } : check(credential),
  };
}

async function attempt(
  ask: (signal: AbortSignal) => Promise<Answer>,
  used?: TaigaCredentialRecord,
): Promise<Answer> {
  try {
    return await ask(AbortSignal.timeout(ATTEMPT_MS));
  } catch (error) {
    if (!(error instanceof TaigaError)) throw error;
    // Taiga's answer for an application token whose row was deleted.
    const isRevoked = used?.scheme === "Application" && error.code === "not_authenticated";
    if (isRevoked || REFUSALS.has(error.code)) return { kind: "refused", reason: error.code };
    return { kind: "none", cause: error };
  }
}
